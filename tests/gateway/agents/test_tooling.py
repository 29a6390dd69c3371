"""Kinds of tools are opened when they are needed, and those that may change are watched."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

from agentloop.agents import ToolVersion
from agentloop.means import Means
from agentloop.tools.function import FunctionTool
from config.secret import Secret
from config.toolbox import AgentFacts, AgentTool, ToolFacts, ToolServerFacts
from gateway.agents import tooling
from gateway.agents.fitting import fits
from gateway.agents.tooling import Kinds, Watching, reach_of

LOOK = ToolFacts("desk/look", "", {"tool": "look", "digest": "sha256:1"}, {}, "read", 5.0)
DESK = ToolServerFacts("desk", "mcp", "desk:443", (), (), {"look": LOOK}, Secret("https://desk/mcp", ""))


class Metrics:
    """Stands for the gateway's."""

    def __init__(self):
        self.names = []

    def gauge(self, name, text, value):
        self.names.append(name)


class Servers:
    """Stands for what calls MCP servers."""

    def __init__(self):
        self.seen = []
        self.slow = asyncio.Event()
        self.slow.set()
        self.why = None

    def changed(self, tool):
        return self.why

    async def look(self, server, reach):
        await self.slow.wait()
        self.seen.append((server, reach.url))

    async def close(self):
        self.seen.append("closed")


def opened(servers, agents=None):
    kinds = Kinds(Means(None, fits, None, float), object())
    mcp = Servers()
    kinds._opened["mcp"] = mcp
    catalog = SimpleNamespace(tool_servers=servers, agents=agents or {})
    books = SimpleNamespace(metrics=Metrics())
    services = SimpleNamespace(
        deployment=SimpleNamespace(catalog=catalog), ledger=SimpleNamespace(books=books)
    )
    return kinds, Watching(services, kinds), mcp


def test_a_kind_is_opened_by_its_name():
    kinds, _, _ = opened({})
    assert isinstance(kinds.of("function"), FunctionTool)
    assert kinds.of("function") is kinds.of("function")


async def test_servers_that_may_change_are_looked_at_and_what_changed_is_counted():
    kinds, watching, mcp = opened({"desk": DESK})
    assert watching.needed
    await watching.look()
    assert mcp.seen == [("desk", "https://desk/mcp")]
    assert watching.quarantined() == 0
    mcp.why = "changed"
    assert watching.quarantined() == 1
    assert kinds.changed(ToolVersion("desk/look", "mcp", "", {})) == "changed"
    assert kinds.changed(ToolVersion("desk/look", "http", "", {})) is None
    await kinds.close()
    assert mcp.seen[-1] == "closed"


async def test_calls_of_a_server_wait_for_the_first_look_at_it_and_no_others_do():
    tool = ToolVersion("desk/look", "mcp", "", {})
    _, watching, mcp = opened({"desk": DESK})
    mcp.slow.clear()
    async with asyncio.timeout(60), ending() as group:
        watching.begin(group, set())
        assert watching.looked(ToolVersion("desk/look", "http", "", {})) is None
        assert watching.looked(ToolVersion("other/look", "mcp", "", {})) is None
        first = watching.looked(tool)
        assert first is not None
        waiting = group.create_task(first)
        await asyncio.sleep(0.05)
        assert not waiting.done()
        mcp.slow.set()
        await waiting
        assert watching.looked(tool) is None


async def test_nobody_waits_where_no_look_can_be_had():
    """Neither where what speaks to such servers is not installed, nor where a reload took the server away."""
    servers = {"desk": DESK}
    kinds, watching, _ = opened(servers)
    kinds.watched = lambda kind: None
    watching._expect()
    assert watching._unseen
    await watching.look()
    assert not watching._unseen
    _, watching, _ = opened(servers)
    watching._expect()
    servers.clear()
    await watching.look()
    assert not watching._unseen


async def test_what_a_reload_brings_is_begun_once(monkeypatch):
    monkeypatch.setattr(tooling, "_RELOAD_SECONDS", 0.01)
    servers = {}
    _, watching, mcp = opened(servers)
    async with asyncio.timeout(60), ending() as group:
        begun = set()
        watching.begin(group, begun)
        group.create_task(watching.follow(group, begun))
        await asyncio.sleep(0.05)
        assert not mcp.seen
        servers["desk"] = DESK
        for _ in range(2):
            old = watching._services.deployment
            watching._services.deployment = SimpleNamespace(catalog=old.catalog)
            while not mcp.seen:  # noqa: ASYNC110  nothing tells of it
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
        assert mcp.seen == [("desk", "https://desk/mcp")]
        assert watching._services.ledger.books.metrics.names == ["signalbox_tools_quarantined"]


@asynccontextmanager
async def ending():
    """A group of which nothing goes on afterwards."""
    async with asyncio.TaskGroup() as group:
        yield group
        for task in group._tasks:
            task.cancel()


def test_without_such_servers_nothing_is_watched_and_nothing_is_to_be_done():
    watching = opened({})[1]
    assert not watching.needed
    assert list(watching.duties()) == []


def test_a_memory_has_a_duty_where_an_agent_has_one():
    recall = AgentTool(ToolFacts("memory/recall", "", {}, {}, "read", 5.0), "memory", None)
    desk = AgentFacts("desk", "fast", "", (recall,), {}, {})
    watching = opened({}, {"desk": desk})[1]
    assert [name for name, _ in watching.duties()] == ["memory tools"]


def test_what_is_declared_has_its_duties():
    line = ToolServerFacts("line", "queue", "", (), (), {}, Secret("redis://line", ""))
    watching = opened({"desk": DESK, "line": line})[1]
    assert [name for name, _ in watching.duties()] == ["queue tools", "pins of tools"]
    assert watching._reaching("line").url == "redis://line"
    assert watching._reaching("gone") is None


def test_a_program_has_the_environment_of_the_configuration_alone():
    facts = ToolServerFacts(
        "desk", "mcp", "", (), (), {}, None, ("/opt/desk",), (("TOKEN", Secret("hush", "")),)
    )
    program = reach_of(facts).program
    assert program.command == ("/opt/desk",)
    assert program.environment == {"TOKEN": "hush"}
    assert not program.network
