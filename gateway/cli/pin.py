"""`signalbox agents pin`: records how MCP servers describe their tools, so that changes are noticed."""

import asyncio
import importlib
import os
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from config.catalog import Catalog
from config.discover import discover
from config.errors import ConfigError
from config.extras import install
from config.kinds import VendorKind
from config.load import load_file
from config.toolbox import ToolServerFacts
from gateway.agents.tooling import reach_of
from gateway.cli.failure import fail, fail_because
from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.places import chosen_file

ServerArgument = Annotated[str, typer.Argument(metavar="SERVER", help="The tool server's name.")]
WriteOption = Annotated[Path | None, typer.Option("--write", help="Write to this file.")]
CheckOption = Annotated[
    bool,
    typer.Option("--check", help="Only print what differs from the pins; exit with 1 if anything does."),
]


def pin(
    server: ServerArgument,
    write: WriteOption = None,
    check: CheckOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask an MCP server for its tools, and print the pins of those that the configuration declares.

    Keep them in a file that the configuration names: `pins: file:desk.pins.json`. A tool that says something
    else of itself later is held back.
    """
    facts = _server(_catalog(config, json), server, json)
    listed = _listed(facts, json)
    wanted = [short for short in facts.tools if short in listed]
    missing = [short for short in facts.tools if short not in listed]
    if check:
        _say(facts, listed, json)
        return
    if missing:
        there = ", ".join(sorted(listed)) or "none"
        fail(f"The server {server} has no tool {', '.join(missing)}; it has: {there}.", as_json=json)
    for short in wanted:
        if (why := _pins().unusable(listed[short])) is not None:
            fail(f"The tool {server}/{short} has {why}.", as_json=json)
    document = {short: listed[short].pin for short in wanted}
    text = msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=2).decode()
    if write is None:
        typer.echo(text)
    else:
        write.write_text(text + "\n")
        typer.echo(
            f"{len(wanted)} tools pinned in {write}; the configuration names it: pins: file:{write.name}"
        )


def _say(facts: ToolServerFacts, listed: dict[str, Any], as_json: bool) -> None:
    told: dict[str, str] = {}
    for short, tool in facts.tools.items():
        pinned, now = tool.settings["digest"], listed.get(short)
        if not pinned:
            told[tool.name] = "not pinned"
        elif now is None:
            told[tool.name] = "its server has it no more"
        else:
            told[tool.name] = (
                "as pinned" if now.digest == pinned else f"changed: {pinned} is {now.digest} now"
            )
    if as_json:
        typer.echo(msgspec.json.encode(told).decode())
    else:
        for name, how in told.items():
            typer.echo(f"{name}: {how}")
    if any(how != "as pinned" for how in told.values()):
        raise typer.Exit(1)


def _catalog(config: Path | None, as_json: bool) -> Catalog:
    chosen = chosen_file(config)
    if chosen is None:
        fail("There is no signalbox.yaml here; name a configuration with --config.", as_json=as_json)
    try:
        return load_file(chosen, discover("gateway.vendors", "VENDOR", VendorKind), os.environ).catalog
    except ConfigError as error:
        fail_because(error, as_json=as_json)


def _server(catalog: Catalog, name: str, as_json: bool) -> ToolServerFacts:
    servers = {each.name: each for each in catalog.tool_servers.values() if each.kind == "mcp"}
    if name not in servers:
        there = ", ".join(servers) or "none"
        fail(f"There is no tool server {name} of the kind mcp; there are: {there}.", as_json=as_json)
    return servers[name]


def _listed(facts: ToolServerFacts, as_json: bool) -> dict[str, Any]:
    try:
        links = importlib.import_module("agentloop.mcp.links")
    except ModuleNotFoundError:
        fail(f"MCP servers need a library: {install('mcp')}.", as_json=as_json, code="missing_extra")
    try:
        found: dict[str, Any] = asyncio.run(links.tools_of(reach_of(facts)))
        return found
    except links.NoLink as error:
        fail(f"The server {facts.name} does not say what its tools are: {error}.", as_json=as_json)


def _pins() -> Any:
    return importlib.import_module("agentloop.mcp.pins")
