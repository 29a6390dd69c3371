"""`signalbox keys`: create, list, revoke and rotate keys, also while the server runs."""

from typing import Annotated

import typer

from gateway.admin.keys import IssuedKeyAnswer, issued_answer, key_answer
from gateway.cli.durations import parse_duration
from gateway.cli.failure import fail
from gateway.cli.options import (
    BudgetOption,
    ConfigOption,
    DatabaseOption,
    JsonOption,
    LimitOption,
    ModelsOption,
    StateOption,
    TagOption,
)
from gateway.cli.places import Where
from gateway.cli.store import clock, perform
from gateway.cli.tables import day, models_text, print_facts, print_json, print_table, read_models, read_tags
from ledger.accounts import DEFAULT, Accounts
from ledger.entities import IssuedKey, Key, Listing, NewKey

app = typer.Typer(help="Create, list, revoke and rotate keys.", no_args_is_help=True)

KeyArgument = Annotated[str, typer.Argument(metavar="ID", help="The part between `sk-sb-` and the next `-`.")]


@app.command()
def create(  # noqa: PLR0913 - a command has as many parameters as options
    team: Annotated[str, typer.Option(help="The team that the key belongs to.")],
    user: Annotated[str | None, typer.Option(help="A user of the team; created if new.")] = None,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "",
    models: ModelsOption = None,
    expires: Annotated[str | None, typer.Option(help="How long it is valid, as in 30d or 12h.")] = None,
    tag: TagOption = None,
    limit: LimitOption = None,
    budget: BudgetOption = None,
    admin: Annotated[bool, typer.Option("--admin", help="A key for the admin API.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Create a key; its plaintext is printed this once."""
    try:
        new = NewKey(
            team=team,
            user=user,
            name=name,
            role="admin" if admin else "caller",
            models=read_models(models),
            tags=read_tags(tag),
            expires_ms=None if expires is None else int((clock() + parse_duration(expires)) * 1000),
            limits=(*(limit or ()), *(budget or ())),
        )
    except ValueError as error:
        fail(str(error), as_json=json)

    async def make(accounts: Accounts) -> IssuedKey:
        if new.team == DEFAULT:
            await accounts.ensure_default_team()
        return await accounts.keys.create(new)

    issued = perform(make, Where(config, state, database, json), create=True)
    _print_issued(issued_answer(issued, _now_ms()), json)


@app.command("list")
def list_(  # noqa: PLR0913 - a command has as many parameters as options
    team: Annotated[str | None, typer.Option(help="Only the keys of this team.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the newest.")] = 100,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """List keys, newest first; secrets are not stored and cannot be shown."""

    async def find(accounts: Accounts) -> Listing[Key]:
        if team is not None:
            await accounts.teams.get(team)  # raises if there is none: a mistyped one has no keys either
        return await accounts.keys.list(team=team, limit=limit)

    listing = perform(find, Where(config, state, database, json))
    answers = [key_answer(key, _now_ms()) for key in listing.items]
    if json:
        print_json(answers)
        return
    columns = ("ID", "NAME", "STATUS", "TEAM", "USER", "ROLE", "MODELS", "EXPIRES")
    rows = [
        (
            a.id,
            a.name,
            a.status,
            a.team,
            a.user or "-",
            a.role,
            models_text(a.models, "team's"),
            day(a.expires_at),
        )
        for a in answers
    ]
    print_table(columns, rows)
    if listing.more:
        typer.echo(f"There are more; --limit {limit * 10} shows them.")


@app.command()
def revoke(  # noqa: PLR0913 - a command has as many parameters as options
    key: KeyArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Revoke a key permanently; running gateways follow within a second."""
    revoked = perform(lambda accounts: accounts.keys.revoke(key), Where(config, state, database, json))
    if json:
        print_json(key_answer(revoked, _now_ms()))
    else:
        typer.echo(f"Key {revoked.id} is revoked. Running servers refuse it within a second.")


@app.command()
def rotate(  # noqa: PLR0913 - a command has as many parameters as options
    key: KeyArgument,
    grace: Annotated[str, typer.Option(help="How long the old key stays valid, as in 1h.")] = "0s",
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Replace a key by a new one with the same rights; the new plaintext is printed this once."""
    try:
        seconds = parse_duration(grace)
    except ValueError as error:
        fail(str(error), as_json=json)
    issued = perform(
        lambda accounts: accounts.keys.rotate(key, seconds), Where(config, state, database, json)
    )
    if not json:
        typer.echo(
            f"Key {key} is replaced; it works for {grace} more.\n" if seconds else f"Key {key} ended.\n"
        )
    _print_issued(issued_answer(issued, _now_ms()), json)


def _now_ms() -> int:
    return int(clock() * 1000)


def _print_issued(answer: IssuedKeyAnswer, json: bool) -> None:
    if json:
        print_json(answer)
        return
    print_facts(
        (
            ("id", answer.id),
            ("team", answer.team),
            ("user", answer.user or "-"),
            ("role", answer.role),
            ("models", models_text(answer.models, "those of the team")),
            ("limits", ", ".join(answer.limits) or "those of the team"),
            ("expires", day(answer.expires_at)),
        )
    )
    typer.echo(
        f"\n{answer.key}\n\nThis is the only time the key is shown: only its SHA-256 is stored. Save it now."
    )
