"""The tool kinds that a process has loaded, and what their servers may reach."""

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
from gateway.server.duties import for_ever
from gateway.services import Services

log = logging.getLogger("signalbox.runs")

_WATCHED = frozenset(["mcp"])  # kinds whose servers define their tools, which may change
_DUTIFUL = ("queue", MEMORY)  # kinds with a background task
_LOOK_SECONDS = 10.0
_RELOAD_SECONDS = 1.0
_PINS = "pins of tools"


class Kinds:
    """Loads each kind when its first tool is needed, from the module of that name in `agentloop.tools`."""

    def __init__(self, means: Means, http: Tool) -> None:
        self._means = means
        self._opened: dict[str, Tool] = {"http": http}

    def of(self, name: str) -> Tool:
        """The implementation of a kind. Raises ImportError if its library is not installed."""
        found = self._opened.get(name)
        if found is None:
            module = importlib.import_module(f"agentloop.tools.{name}")
            found = self._opened[name] = module.open_tool(self._means)
        return found

    def watched(self, name: str) -> Watched | None:
        """The same for kinds whose tools may change; None for others, or if its library is missing."""
        if name not in _WATCHED:
            return None
        try:
            return cast(Watched, self.of(name))
        except ImportError as error:
            log.warning("tools of the kind %s cannot be called: %s", name, error)
            return None

    def changed(self, tool: ToolVersion) -> str | None:
        """Why a tool differs from its pin, if that is known; None if it does not."""
        watched = self.watched(tool.kind)
        return None if watched is None else watched.changed(tool)

    async def close(self) -> None:
        """Release what the kinds hold."""
        for kind in self._opened.values():
            closing = getattr(kind, "close", None)
            if closing is not None:
                await closing()


class Watching:
    """Checks regularly whether tools still match their pins."""

    def __init__(self, services: Services, kinds: Kinds) -> None:
        self._services = services
        self._kinds = kinds
        self._measured = False
        self._unseen: dict[str, asyncio.Event] = {}  # by server: set when its first check is over
        self._seen: set[str] = set()

    def begin(self, group: asyncio.TaskGroup, begun: set[str]) -> None:
        """Start the background tasks of what is declared, except those already `begun` in this group."""
        for name, duty in self.duties():
            if name in begun:
                continue
            begun.add(name)
            if name == _PINS:
                self._measure()
                self._expect()
            group.create_task(for_ever(name, duty))

    def _measure(self) -> None:
        if not self._measured:
            self._measured = True
            text = "Tools that are not what was pinned, and are held back."
            metrics = self._services.ledger.books.metrics
            metrics.gauge("signalbox_tools_quarantined", text, self.quarantined)

    async def follow(self, group: asyncio.TaskGroup, begun: set[str]) -> None:
        """Start, for ever, the tasks that a reload makes necessary."""
        seen = self._services.deployment
        while True:
            await asyncio.sleep(_RELOAD_SECONDS)
            if self._services.deployment is not seen:
                seen = self._services.deployment
                self.begin(group, begun)

    def looked(self, tool: ToolVersion) -> Awaitable[object] | None:
        """What to await until the tool's server has been checked for the first time; None: nothing."""
        if not self._unseen or tool.kind not in _WATCHED:
            return None
        first = self._unseen.get(tool.name.partition("/")[0])
        return None if first is None else first.wait()

    def duties(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
        """The background tasks of the declared kinds."""
        kinds = {facts.kind for facts in self._servers.values()}
        agents = self._services.deployment.catalog.agents.values()
        kinds |= {tool.kind for agent in agents for tool in agent.tools}
        for kind in _DUTIFUL:
            if kind in kinds:
                run: Callable[..., Awaitable[None]] = cast(Any, self._kinds.of(kind)).run
                yield f"{kind} tools", partial(run, self._reaching)
        if self.needed:
            yield _PINS, self.run

    def _reaching(self, server: str) -> Reach | None:
        facts = self._servers.get(server)
        return None if facts is None else reach_of(facts)

    async def run(self) -> None:
        """Check for ever."""
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """Check every server of such a kind, concurrently."""
        self._expect()
        async with asyncio.TaskGroup() as group:
            for facts in self._servers.values():
                watched = self._kinds.watched(facts.kind)
                if watched is not None:
                    group.create_task(self._look(watched, facts))
                else:
                    self._over(facts.name)
            for name in self._unseen.keys() - self._servers.keys():
                self._over(name)  # a reload removed it

    async def _look(self, watched: Watched, facts: ToolServerFacts) -> None:
        try:
            await watched.look(facts.name, reach_of(facts))
        finally:
            self._over(facts.name)

    def _over(self, server: str) -> None:
        """Release calls that wait for the server's first check."""
        self._seen.add(server)
        first = self._unseen.pop(server, None)
        if first is not None:
            first.set()

    def _expect(self) -> None:
        """Make calls to servers that were never checked wait for that."""
        for facts in self._servers.values():
            if facts.kind in _WATCHED and facts.name not in self._seen:
                self._unseen.setdefault(facts.name, asyncio.Event())

    def quarantined(self) -> int:
        """How many tools are quarantined now."""
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
        """Whether there is any server to check."""
        return any(facts.kind in _WATCHED for facts in self._servers.values())


def reach_of(facts: ToolServerFacts) -> Reach:
    """Where a server's tools may connect to, and with which credentials."""
    egress = Egress(frozenset([facts.host]), tuple(map(ip_network, facts.private)))
    program = None
    if facts.command:
        environment = {name: secret.value for name, secret in facts.environment}
        program = Program(facts.command, environment, facts.network)
    headers = {name: secret.value for name, secret in facts.headers}
    return Reach(egress, headers, facts.url.value if facts.url is not None else "", program)


def _version(tool: ToolFacts, facts: ToolServerFacts) -> ToolVersion:
    return ToolVersion(tool.name, facts.kind, "", {}, settings=dict(tool.settings))
