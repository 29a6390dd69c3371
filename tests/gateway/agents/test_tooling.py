"""Kinds of tools are opened when they are needed, and those that may change are watched."""

from types import SimpleNamespace

from agentloop.agents import ToolVersion
from agentloop.means import Means
from agentloop.tools.function import FunctionTool
from config.secret import Secret
from config.toolbox import AgentFacts, AgentTool, ToolFacts, ToolServerFacts
from gateway.agents.fitting import fits
from gateway.agents.tooling import Kinds, Watching, reach_of

LOOK = ToolFacts("desk/look", "", {"tool": "look", "digest": "sha256:1"}, {}, "read", 5.0)
DESK = ToolServerFacts("desk", "mcp", "desk:443", (), (), {"look": LOOK}, Secret("https://desk/mcp", ""))


class Servers:
    """Stands for what calls MCP servers."""

    def __init__(self):
        self.seen = []
        self.why = None

    def changed(self, tool):
        return self.why

    async def look(self, server, reach):
        self.seen.append((server, reach.url))

    async def close(self):
        self.seen.append("closed")


def opened(servers, agents=None):
    kinds = Kinds(Means(None, fits, None, float), object())
    mcp = Servers()
    kinds._opened["mcp"] = mcp
    catalog = SimpleNamespace(tool_servers=servers, agents=agents or {})
    return kinds, Watching(SimpleNamespace(deployment=SimpleNamespace(catalog=catalog)), kinds), mcp


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
