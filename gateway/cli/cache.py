"""`signalbox cache`: shows and purges stored answers, also while the gateway runs."""

from typing import Annotated
from urllib.parse import quote

import typer

from caching.purging import What
from gateway.admin.cache import PurgeAnswer, forget
from gateway.admin.kept import CacheAnswer, KeptAnswer, ThresholdAnswer
from gateway.cli.asking import USUAL_URL, AdminKeyOption, UrlOption, admin_key, asked
from gateway.cli.failure import fail
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.store import perform
from gateway.cli.tables import print_facts, print_json, print_table
from gateway.cli.warm import warm

app = typer.Typer(help="Show, warm and purge stored answers.", no_args_is_help=True)


@app.callback()
def cache() -> None:
    """Show, warm and purge stored answers."""


@app.command()
def purge(  # noqa: PLR0913 - a command has as many parameters as options
    team: Annotated[str, typer.Option(help="Answers of this team.")] = "",
    model: Annotated[str, typer.Option(help="Answers under this model name, as it was requested.")] = "",
    tag: Annotated[str, typer.Option(help="Answers with this tag of x-signalbox-cache-tags.")] = "",
    key: Annotated[str, typer.Option(help="One answer, by the key that `explain` shows.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="Everything.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Purge stored answers; running gateways follow within a second."""
    given: list[tuple[What, str]] = [("team", team), ("model", model), ("tag", tag), ("key", key)]
    meant = [each for each in given if each[1]] + ([("all", "")] if all_ else [])
    if len(meant) != 1:
        fail("Give one of --team, --model, --tag, --key and --all.", as_json=json)
    what, value = meant[0]
    perform(lambda accounts: forget(accounts, what, value), Where(config, state, database, json))
    if json:
        print_json(PurgeAnswer(what=what, value=value))
        return
    typer.echo(f"Answers are forgotten: {f'{what} {value}' if value else 'all'}.")


app.command("warm")(warm)


@app.command()
def stats(
    url: UrlOption = USUAL_URL,
    key: AdminKeyOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show the cache of a running gateway, and the error bound of its semantic hits."""
    found = asked(
        f"{url.rstrip('/')}/admin/v1/cache", admin_key(key, config, as_json=json), CacheAnswer, as_json=json
    )
    if json:
        print_json(found)
        return
    typer.echo(f"{found.answers:,} answers in {found.bytes:,} bytes, {found.texts:,} texts to compare")
    if found.semantic:
        print_table(COLUMNS, [row(each) for each in found.semantic])


COLUMNS = ("TEAM", "MODEL", "STATE", "THRESHOLD", "HITS", "CHECKED", "WRONG", "AT MOST", "OF ALL", "LABELS")


def row(threshold: ThresholdAnswer) -> tuple[str, ...]:
    """A threshold as a row of the table."""
    return (
        threshold.team,
        threshold.model,
        threshold.state,
        "-" if threshold.threshold is None else f"{threshold.threshold:.3f}",
        f"{threshold.given:,}",
        f"{threshold.checked:,}",
        f"{threshold.wrong:,}",
        f"{threshold.bound:.1%} of {threshold.max_wrong_rate:.1%}" if threshold.given else "-",
        f"{threshold.all_bound:.1%} of {threshold.all_given:,}" if threshold.all_given else "-",
        f"{threshold.labels:,}",
    )


@app.command()
def inspect(
    answer: Annotated[str, typer.Argument(metavar="KEY", help="The `key` that `explain` shows.")],
    url: UrlOption = USUAL_URL,
    key: AdminKeyOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what a running gateway knows about one stored answer, without its text."""
    place = f"{url.rstrip('/')}/admin/v1/cache/{quote(answer, safe='')}"
    found = asked(place, admin_key(key, config, as_json=json), KeptAnswer, as_json=json)
    if json:
        print_json(found)
        return
    print_facts([(name.replace("_", " "), str(value)) for name, value in found if name != "object"])
