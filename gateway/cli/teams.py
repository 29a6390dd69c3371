"""`signalbox teams`: lists, shows, creates and archives teams, also while the gateway runs."""

from typing import Annotated

import typer

from gateway.admin.teams import team_answer
from gateway.cli.failure import fail
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, ModelsOption, StateOption, TagOption
from gateway.cli.places import Where
from gateway.cli.store import perform
from gateway.cli.tables import day, models_text, print_facts, print_json, print_table, read_models, read_tags
from ledger.entities import NewTeam, Team

app = typer.Typer(help="List, show, create and archive teams.", no_args_is_help=True)

TeamArgument = Annotated[str, typer.Argument(metavar="TEAM", help="The team's name or id.")]


@app.command("list")
def list_(  # noqa: PLR0913 - a command has as many parameters as options
    archived: Annotated[bool, typer.Option("--archived", help="Also archived ones.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the newest.")] = 100,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """List teams, newest first."""
    listing = perform(
        lambda accounts: accounts.teams.list(archived=archived, limit=limit),
        Where(config, state, database, json),
    )
    answers = [team_answer(team) for team in listing.items]
    if json:
        print_json(answers)
        return
    rows = [
        (t.name, t.organisation, models_text(t.models), _owner(t.declared), day(t.archived_at))
        for t in answers
    ]
    print_table(("NAME", "ORGANISATION", "MODELS", "OWNED BY", "ARCHIVED"), rows)
    if listing.more:
        typer.echo(f"There are more; --limit {limit * 10} shows them.")


@app.command()
def show(  # noqa: PLR0913 - a command has as many parameters as options
    team: TeamArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show one team."""
    _print_team(
        perform(lambda accounts: accounts.teams.get(team), Where(config, state, database, json)), json
    )


@app.command()
def create(  # noqa: PLR0913 - a command has as many parameters as options
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new team's name.")],
    organisation: Annotated[str, typer.Option(help="Its organisation; created if new.")] = "default",
    models: ModelsOption = None,
    tag: TagOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Create a team."""
    try:
        new = NewTeam(name, organisation, read_models(models), read_tags(tag))
    except ValueError as error:
        fail(str(error), as_json=json)
    _print_team(
        perform(
            lambda accounts: accounts.teams.create(new), Where(config, state, database, json), create=True
        ),
        json,
    )


@app.command()
def archive(  # noqa: PLR0913 - a command has as many parameters as options
    team: TeamArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Archive a team: its keys are rejected; running gateways follow within a second."""
    _print_team(
        perform(lambda accounts: accounts.teams.archive(team), Where(config, state, database, json)), json
    )


def _print_team(team: Team, json: bool) -> None:
    answer = team_answer(team)
    if json:
        print_json(answer)
        return
    print_facts(
        (
            ("id", answer.id),
            ("name", answer.name),
            ("organisation", answer.organisation),
            ("models", models_text(answer.models)),
            ("tags", ", ".join(f"{name}={value}" for name, value in answer.tags.items()) or "-"),
            ("owned by", _owner(answer.declared)),
            ("archived", day(answer.archived_at)),
        )
    )


def _owner(declared: bool) -> str:
    return "signalbox.yaml" if declared else "the database"
