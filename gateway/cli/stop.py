"""`signalbox stop`: kill switches for agent runs, which running gateways obey within a second."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from agentloop.switches import SCOPES, Scope, Switch, Switches, scope_of
from config.discover import discover
from config.errors import ConfigError, did_you_mean
from config.kinds import VendorKind
from config.load import load_file
from gateway.agents.stopping import view
from gateway.cli.failure import fail
from gateway.cli.journals import print_document
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where, chosen_file
from gateway.cli.runs import BY
from gateway.cli.store import clock, read_ledger
from gateway.cli.tables import print_table

app = typer.Typer(
    help="Kill switches: stop agents, tools, models, teams or everything.", no_args_is_help=True
)

AnswerT = TypeVar("AnswerT")

WhatArgument = Annotated[str, typer.Argument(metavar="WHAT", help=f"One of {', '.join(SCOPES)}.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Its name; none for all.")]


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
    """Set a kill switch: runs pause before their next step, calls of a tool are refused."""
    switch = Switch(_scope(what, name, json), name, BY, reason)
    unknown = _unknown(switch, config)

    async def stop(switches: Switches) -> None:
        await switches.set(switch)

    _asked(stop, Where(config, state, database, json))
    if json:
        print_document({**view(switch), "known": not unknown})
    else:
        typer.echo(f"Stopped: {switch.shown}. Running servers obey within a second.")
        if unknown:
            typer.echo(f"warning: {unknown}", err=True)


@app.command()
def lift(  # noqa: PLR0913 - a command has as many parameters as options
    what: WhatArgument,
    name: NameArgument = "",
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Lift a kill switch. Paused runs are resumed one by one, at /v1/runs/ID/resume."""
    switch = Switch(_scope(what, name, json), name)
    was_on = _asked(lambda switches: switches.lift(switch.scope, name), Where(config, state, database, json))
    if not was_on:
        fail(f"There is no kill switch '{switch.shown}'.", as_json=json, code="not_found")
    if json:
        print_document(view(switch))
    else:
        typer.echo(f"No longer stopped: {switch.shown}.")


def _scope(what: str, name: str, json: bool) -> Scope:
    found = scope_of(what)
    if found is None:
        fail(f"'{what}' cannot be stopped; allowed: {', '.join(SCOPES)}.", as_json=json)
    if (found == "all") is bool(name):
        fail("`all` takes no name; everything else needs one.", as_json=json)
    return found


def _unknown(switch: Switch, config: Path | None) -> str:
    """A warning about a name that the configuration lacks; "" if it has it, or cannot be read.

    The switch is set anyway: servers may use another file, and teams may exist only in the database.
    """
    file = chosen_file(config)
    if file is None or switch.scope in ("all", "team"):
        return ""
    try:
        catalog = load_file(file, discover("gateway.vendors", "VENDOR", VendorKind), os.environ).catalog
    except (ConfigError, OSError):
        return ""
    if switch.scope == "agent":
        known = [*catalog.agents, *catalog.agent_labels]
    elif switch.scope == "model":
        known = [*catalog.models]
    else:
        known = [f"{name}/{tool}" for name, server in catalog.tool_servers.items() for tool in server.tools]
    if switch.name in known or switch.name.partition("@")[0] in known:
        return ""
    return f"{file} has no {switch.scope} '{switch.name}'. {did_you_mean(switch.name, known)}".rstrip()


async def _listed(switches: Switches) -> list[Switch]:
    await switches.refresh()
    return switches.on


def _asked(operation: Callable[[Switches], Awaitable[AnswerT]], where: Where) -> AnswerT:
    # In a list, because an operation's None differs from a missing ledger.
    async def ask(database: Any) -> list[AnswerT]:
        return [await operation(Switches(database, clock))]

    return read_ledger(ask, where)[0]
