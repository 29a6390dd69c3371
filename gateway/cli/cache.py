"""`signalbox cache`: forget answers, also while the server runs."""

from typing import Annotated

import typer

from caching.purging import What, order
from gateway.admin.cache import PurgeAnswer
from gateway.cli.failure import fail
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.store import perform
from gateway.cli.tables import print_json

app = typer.Typer(help="Forget answers that are kept.", no_args_is_help=True)


@app.callback()
def cache() -> None:
    """Forget answers that are kept."""


@app.command()
def purge(  # noqa: PLR0913 - a command has as many parameters as options
    team: Annotated[str, typer.Option(help="What this team was answered.")] = "",
    model: Annotated[str, typer.Option(help="What was answered under this name of a model.")] = "",
    tag: Annotated[str, typer.Option(help="Answers with this tag of x-signalbox-cache-tags.")] = "",
    key: Annotated[str, typer.Option(help="One answer, by the key that `explain` shows.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="Everything.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Forget answers: running servers follow within a second."""
    given: list[tuple[What, str]] = [("team", team), ("model", model), ("tag", tag), ("key", key)]
    meant = [each for each in given if each[1]] + ([("all", "")] if all_ else [])
    if len(meant) != 1:
        fail("Say one of --team, --model, --tag, --key and --all.", as_json=json)
    what, value = meant[0]
    perform(
        lambda accounts: accounts.forget_answers(order(what, value)), Where(config, state, database, json)
    )
    if json:
        print_json(PurgeAnswer(what=what, value=value))
        return
    typer.echo(f"Answers are forgotten: {f'{what} {value}' if value else 'all'}.")
