"""`signalbox agents`: lists declared agents, and plans and applies changes to them."""

import os
import sys
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer

from agentloop.agents import AgentVersion, digest, read, version
from agentloop.events import RunCreated
from agentloop.journal import Journal
from agentloop.planning import changes, differences
from config.discover import discover
from config.errors import ConfigError
from config.kinds import VendorKind
from config.load import load_file
from gateway.admin.agents import AgentsAnswer
from gateway.admin.refusal import ErrorBody
from gateway.cli import asking
from gateway.cli.asking import USUAL_URL, AdminKeyOption, UrlOption, admin_key
from gateway.cli.failure import fail, fail_because
from gateway.cli.journals import asked, print_document
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.pin import pin
from gateway.cli.places import Where, chosen_file
from gateway.cli.tables import print_table

app = typer.Typer(
    help="List declared agents, plan and apply changes to them, pin tools.", no_args_is_help=True
)
app.command()(pin)

_SHOWN = 19  # characters of a digest, enough to recognise it
_LOOKS, _LOOK_SECONDS = 12, 0.25  # a gateway's other processes follow within one or two seconds

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]


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
    _print_agents(found)


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
    _print_plan(planned)


@app.command()
def apply(
    url: UrlOption = USUAL_URL,
    key: AdminKeyOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what the configuration changes in the agents that a gateway serves, and apply it there.

    The gateway reads its own file anew, all of it. Runs that began before keep to what they began with.
    """
    wanted = declared(config, as_json=json)
    gateway = _Gateway(url.rstrip("/"), admin_key(key, config, as_json=json), json)
    before = gateway.served()
    planned = differences(before.agents, wanted)
    changed = any(planned.values())
    if not json:
        _print_plan(planned)
    if changed:
        _agreed(f"Have {url} read {before.source} anew, all of it?", planned, yes=yes, as_json=json)
        gateway.reload(before)
    after = gateway.serves(wanted) if changed else before
    if json:
        print_document({"applied": changed, "plan": planned, "served": after.digests})
        return
    typer.echo("Applied. Served now:" if changed else "Nothing to do. Served:")
    _print_agents(after.agents)


def _print_agents(agents: dict[str, AgentVersion]) -> None:
    rows = [
        (each.name, each.model, ", ".join(tool.name for tool in each.tools) or "-", digest(each)[:_SHOWN])
        for each in agents.values()
    ]
    print_table(("NAME", "MODEL", "TOOLS", "DIGEST"), rows)


def _print_plan(planned: dict[str, list[str]]) -> None:
    for name, told in planned.items():
        typer.echo(f"{name}: {'no change' if not told else ''}".rstrip())
        for each in told:
            typer.echo(f"  {each}")


def _agreed(question: str, planned: dict[str, list[str]], *, yes: bool, as_json: bool) -> None:
    """Returns if a person or `--yes` agrees; otherwise the command fails."""
    if yes:
        return
    if as_json or not sys.stdin.isatty():
        said = "Nothing is applied: there is nobody to ask here. Say --yes."
        fail(said, as_json=as_json, code="not_confirmed", plan=planned)
    if not typer.confirm(question):
        fail("Nothing is applied.", code="not_confirmed")


@dataclass(frozen=True, slots=True)
class _Served:
    """The agents of a running gateway by name, and the configuration's source."""

    source: str
    serving: bool
    agents: dict[str, AgentVersion]

    @property
    def digests(self) -> dict[str, str]:
        return {name: digest(each) for name, each in self.agents.items()}


@dataclass(frozen=True, slots=True)
class _Gateway:
    """The admin API of a running gateway; if it refuses, the command fails."""

    url: str
    key: str
    as_json: bool

    def served(self) -> _Served:
        place = f"{self.url}/admin/v1/agents"
        found = asking.asked(place, self.key, AgentsAnswer, as_json=self.as_json)
        try:
            agents = {each.name: msgspec.convert(each.definition, AgentVersion) for each in found.data}
        except msgspec.ValidationError as error:
            fail(
                f"{place} runs another version of Signalbox, whose answer cannot be read: {error}.",
                as_json=self.as_json,
            )
        return _Served(found.source, found.serving, agents)

    def reload(self, before: _Served) -> None:
        """Makes the gateway reload its configuration."""
        place = f"{self.url}/admin/v1/reload"
        status, body = asking.answered(place, self.key, as_json=self.as_json, method="POST")
        if status == HTTPStatus.BAD_REQUEST:
            why = ErrorBody.model_validate_json(body).error.message
            self._refused(f"The gateway refuses {before.source}:\n{why}", self.served())
        if status != HTTPStatus.OK:
            asking.fail_with(place, status, body, as_json=self.as_json)

    def serves(self, wanted: dict[str, AgentVersion]) -> _Served:
        """The agents served after a reload; if they are not the wanted ones, the command fails."""
        for _ in range(_LOOKS):
            after = self.served()
            if not after.serving or not any(differences(after.agents, wanted).values()):
                break
            time.sleep(_LOOK_SECONDS)
        other = [name for name, told in differences(after.agents, wanted).items() if told]
        if other and not after.serving:
            self._refused("The gateway began without agents; start it again, and it serves them.", after)
        if other:
            said = f"The gateway read {after.source}, in which these are not as here: {', '.join(other)}."
            self._refused(f"{said} Give the file that it reads, and the variables that it has.", after)
        return after

    def _refused(self, why: str, served: _Served) -> NoReturn:
        versions = ", ".join(f"{name} {each[:_SHOWN]}" for name, each in served.digests.items()) or "none"
        said = why if self.as_json else f"{why}\nServed now: {versions}"
        fail(said, as_json=self.as_json, code="invalid_configuration", served=served.digests)


def declared(file: Path | None, *, as_json: bool) -> dict[str, AgentVersion]:
    """The agents of a configuration file by name; on failure prints why and exits with 1."""
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
    """The version that the newest run of each agent is pinned to."""
    found: dict[str, AgentVersion] = {}
    for name in names:
        record = await journal.newest(name)
        if record is None:
            continue
        begun = (await journal.events(record.id))[0]
        if isinstance(begun, RunCreated):
            found[name] = read(begun.definition)
    return found
