"""The tool kinds that a process has opened, and what their servers may reach."""

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

_WATCHED = frozenset(["mcp"])  # kinds whose servers say what their tools are
_DUTIFUL = ("queue", MEMORY)  # kinds with something to do beside calls
_LOOK_SECONDS = 10.0
_RELOAD_SECONDS = 1.0
_PINS = "pins of tools"


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
        self._measured = False
        self._unseen: dict[str, asyncio.Event] = {}  # by server: that its first look is over
        self._seen: set[str] = set()

    def begin(self, group: asyncio.TaskGroup, begun: set[str]) -> None:
        """All that is declared and was not `begun` in this group yet."""
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
        """For ever: begin what a reload brings."""
        seen = self._services.deployment
        while True:
            await asyncio.sleep(_RELOAD_SECONDS)
            if self._services.deployment is not seen:
                seen = self._services.deployment
                self.begin(group, begun)

    def looked(self, tool: ToolVersion) -> Awaitable[object] | None:
        """What to wait for until the server of a tool was looked at for the first time; None: nothing."""
        if not self._unseen or tool.kind not in _WATCHED:
            return None
        first = self._unseen.get(tool.name.partition("/")[0])
        return None if first is None else first.wait()

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
            yield _PINS, self.run

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
        self._expect()
        async with asyncio.TaskGroup() as group:
            for facts in self._servers.values():
                watched = self._kinds.watched(facts.kind)
                if watched is not None:
                    group.create_task(self._look(watched, facts))
                else:
                    self._over(facts.name)
            for name in self._unseen.keys() - self._servers.keys():
                self._over(name)  # a reload took it away

    async def _look(self, watched: Watched, facts: ToolServerFacts) -> None:
        try:
            await watched.look(facts.name, reach_of(facts))
        finally:
            self._over(facts.name)

    def _over(self, server: str) -> None:
        """Whoever waits for the first look goes on."""
        self._seen.add(server)
        first = self._unseen.pop(server, None)
        if first is not None:
            first.set()

    def _expect(self) -> None:
        """Calls of servers that nobody has looked at wait for that."""
        for facts in self._servers.values():
            if facts.kind in _WATCHED and facts.name not in self._seen:
                self._unseen.setdefault(facts.name, asyncio.Event())

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
