"""`signalbox agents`: the agents that a configuration declares, and what it changes in what they may do."""

import os
from pathlib import Path

import typer

from agentloop.agents import AgentVersion, digest, read, version
from agentloop.events import RunCreated
from agentloop.journal import Journal
from agentloop.planning import changes
from config.discover import discover
from config.errors import ConfigError
from config.kinds import VendorKind
from config.load import load_file
from gateway.cli.failure import fail, fail_because
from gateway.cli.journals import asked, print_document
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.pin import pin
from gateway.cli.places import Where, chosen_file
from gateway.cli.tables import print_table

app = typer.Typer(help="List declared agents, plan changes of them, pin tools.", no_args_is_help=True)
app.command()(pin)


@app.command("list")
def list_(json: JsonOption = False, config: ConfigOption = None) -> None:
    """List the agents that the configuration declares."""
    found = declared(config, as_json=json)
    if json:
        print_document(
            [
                {
                    "name": each.name,
                    "model": each.model,
                    "digest": digest(each),
                    "tools": [
                        {
                            "name": tool.name,
                            "effect": tool.effect,
                            "approval": tool.approval.group if tool.approval is not None else None,
                        }
                        for tool in each.tools
                    ],
                }
                for each in found.values()
            ]
        )
        return
    rows = [
        (each.name, each.model, ", ".join(tool.name for tool in each.tools) or "-", digest(each)[:19])
        for each in found.values()
    ]
    print_table(("NAME", "MODEL", "TOOLS", "DIGEST"), rows)


@app.command()
def plan(
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show what the configuration changes in each agent, against what its last run was pinned to."""
    found = declared(config, as_json=json)
    before = asked(lambda journal: _pinned(journal, list(found)), Where(config, state, database, json))
    planned = {name: changes(before.get(name), new) for name, new in found.items()}
    if json:
        print_document(planned)
        return
    for name, told in planned.items():
        typer.echo(f"{name}: {'no change' if not told else ''}".rstrip())
        for each in told:
            typer.echo(f"  {each}")


def declared(file: Path | None, *, as_json: bool) -> dict[str, AgentVersion]:
    """The agents of a configuration file by name; on failure say why and exit with 1."""
    chosen = chosen_file(file)
    if chosen is None:
        fail("There is no signalbox.yaml here; name a configuration with --config.", as_json=as_json)
    try:
        kinds = discover("gateway.vendors", "VENDOR", VendorKind)
        catalog = load_file(chosen, kinds, os.environ).catalog
    except ConfigError as error:
        fail_because(error, as_json=as_json)
    return {name: version(facts) for name, facts in catalog.agents.items()}


async def _pinned(journal: Journal, names: list[str]) -> dict[str, AgentVersion]:
    """What the newest run of each agent keeps to."""
    found: dict[str, AgentVersion] = {}
    for name in names:
        record = await journal.newest(name)
        if record is None:
            continue
        begun = (await journal.events(record.id))[0]
        if isinstance(begun, RunCreated):
            found[name] = read(begun.definition)
    return found
