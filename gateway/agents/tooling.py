"""The kinds of tools that a process has opened, and what their servers may reach."""

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from ipaddress import ip_network
from typing import Any, cast

from agentloop.agents import MEMORY, ToolVersion
from agentloop.egress import Egress
from agentloop.means import Means, Tool, Watched
from agentloop.reach import Program, Reach
from config.toolbox import ToolFacts, ToolServerFacts
from gateway.services import Services

log = logging.getLogger("signalbox.runs")

_WATCHED = frozenset(["mcp"])  # kinds whose servers say what their tools are
_DUTIFUL = ("queue", MEMORY)  # kinds with something to do beside calls
_LOOK_SECONDS = 10.0


class Kinds:
    """Each is loaded when the first tool of it is needed: its file in `agentloop.tools` has its name."""

    def __init__(self, means: Means, http: Tool) -> None:
        self._means = means
        self._opened: dict[str, Tool] = {"http": http}

    def of(self, name: str) -> Tool:
        """What runs tools of a kind. Raises ImportError where its library is not installed."""
        found = self._opened.get(name)
        if found is None:
            module = importlib.import_module(f"agentloop.tools.{name}")
            found = self._opened[name] = module.open_tool(self._means)
        return found

    def watched(self, name: str) -> Watched | None:
        """The same, for kinds whose tools may change; None for others, and where its library is missing."""
        if name not in _WATCHED:
            return None
        try:
            return cast(Watched, self.of(name))
        except ImportError as error:
            log.warning("tools of the kind %s cannot be called: %s", name, error)
            return None

    def changed(self, tool: ToolVersion) -> str | None:
        """Why a tool is no more what was pinned, as far as is known; None: it is."""
        watched = self.watched(tool.kind)
        return None if watched is None else watched.changed(tool)

    async def close(self) -> None:
        """Give up what they hold."""
        for kind in self._opened.values():
            closing = getattr(kind, "close", None)
            if closing is not None:
                await closing()


class Watching:
    """Looks from time to time whether tools are still what was pinned."""

    def __init__(self, services: Services, kinds: Kinds) -> None:
        self._services = services
        self._kinds = kinds

    def duties(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
        """What is to be done beside calls, of the kinds that are declared."""
        kinds = {facts.kind for facts in self._servers.values()}
        agents = self._services.deployment.catalog.agents.values()
        kinds |= {tool.kind for agent in agents for tool in agent.tools}
        for kind in _DUTIFUL:
            if kind in kinds:
                run: Callable[..., Awaitable[None]] = cast(Any, self._kinds.of(kind)).run
                yield f"{kind} tools", partial(run, self._reaching)
        if self.needed:
            yield "pins of tools", self.run

    def _reaching(self, server: str) -> Reach | None:
        facts = self._servers.get(server)
        return None if facts is None else reach_of(facts)

    async def run(self) -> None:
        """For ever."""
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """At every server of such a kind, all at once."""
        async with asyncio.TaskGroup() as group:
            for facts in self._servers.values():
                watched = self._kinds.watched(facts.kind)
                if watched is not None:
                    group.create_task(watched.look(facts.name, reach_of(facts)))

    def quarantined(self) -> int:
        """How many tools are held back now."""
        return sum(
            self._kinds.changed(_version(tool, facts)) is not None
            for facts in self._servers.values()
            for tool in facts.tools.values()
        )

    @property
    def _servers(self) -> Mapping[str, ToolServerFacts]:
        return self._services.deployment.catalog.tool_servers

    @property
    def needed(self) -> bool:
        """Whether there is anything to look at."""
        return any(facts.kind in _WATCHED for facts in self._servers.values())


def reach_of(facts: ToolServerFacts) -> Reach:
    """Where the tools of a server may connect to, and with what."""
    egress = Egress(frozenset([facts.host]), tuple(map(ip_network, facts.private)))
    program = None
    if facts.command:
        environment = {name: secret.value for name, secret in facts.environment}
        program = Program(facts.command, environment, facts.network)
    headers = {name: secret.value for name, secret in facts.headers}
    return Reach(egress, headers, facts.url.value if facts.url is not None else "", program)


def _version(tool: ToolFacts, facts: ToolServerFacts) -> ToolVersion:
    return ToolVersion(tool.name, facts.kind, "", {}, settings=dict(tool.settings))
