"""`signalbox stop`: kill switches for runs of agents, which running servers obey within a second."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer

from agentloop.switches import SCOPES, Scope, Switch, Switches, scope_of
from gateway.agents.stopping import view
from gateway.cli.failure import fail
from gateway.cli.journals import print_document
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.runs import BY
from gateway.cli.store import clock, read_ledger
from gateway.cli.tables import print_table

app = typer.Typer(
    help="Stop agents, tools, models, teams or everything, and lift that.", no_args_is_help=True
)

AnswerT = TypeVar("AnswerT")

WhatArgument = Annotated[str, typer.Argument(metavar="WHAT", help=f"One of {', '.join(SCOPES)}.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Which; nothing for all.")]


@app.command("list")
def list_(
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """List what is stopped."""
    found = _asked(_listed, Where(config, state, database, json))
    if json:
        print_document([view(each) for each in found])
        return
    print_table(("WHAT", "BY", "REASON"), [(each.shown, each.by, each.reason or "-") for each in found])


@app.command("set")
def set_(  # noqa: PLR0913 - a command has as many parameters as options
    what: WhatArgument,
    name: NameArgument = "",
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Stop it: runs are held before their next step, calls of a tool are refused."""
    switch = Switch(_scope(what, name, json), name, BY, reason)

    async def stop(switches: Switches) -> None:
        await switches.set(switch)

    _asked(stop, Where(config, state, database, json))
    if json:
        print_document(view(switch))
    else:
        typer.echo(f"Stopped: {switch.shown}. Running servers obey within a second.")


@app.command()
def lift(  # noqa: PLR0913 - a command has as many parameters as options
    what: WhatArgument,
    name: NameArgument = "",
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Stop it no more. Runs that were held are resumed one by one, at /v1/runs/ID/resume."""
    switch = Switch(_scope(what, name, json), name)
    was_on = _asked(lambda switches: switches.lift(switch.scope, name), Where(config, state, database, json))
    if not was_on:
        fail(f"Nothing is stopped by '{switch.shown}'.", as_json=json, code="not_found")
    if json:
        print_document(view(switch))
    else:
        typer.echo(f"No longer stopped: {switch.shown}.")


def _scope(what: str, name: str, json: bool) -> Scope:
    found = scope_of(what)
    if found is None:
        fail(f"'{what}' cannot be stopped; allowed: {', '.join(SCOPES)}.", as_json=json)
    if (found == "all") is bool(name):
        fail("`all` has no name, and everything else needs one.", as_json=json)
    return found


async def _listed(switches: Switches) -> list[Switch]:
    await switches.refresh()
    return switches.on


def _asked(operation: Callable[[Switches], Awaitable[AnswerT]], where: Where) -> AnswerT:
    # In a list, because nothing found is not the same as no ledger.
    async def ask(database: Any) -> list[AnswerT]:
        return [await operation(Switches(database, clock))]

    return read_ledger(ask, where)[0]
