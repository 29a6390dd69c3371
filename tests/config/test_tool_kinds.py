"""Each kind of tool server wants its own settings and refuses those of others."""

import json

import pytest

from config.errors import ConfigError

PIN = {
    "digest": "sha256:" + "a" * 64,
    "description": "Look it up.",
    "arguments": {"type": "object"},
    "output": None,
}

SQL = "{desk: {kind: sql, url: 'sqlite:///x.db', tools: {do: {%s}}}}"

QUEUE = "{desk: {kind: queue, url: 'redis://desk', tools: {do: {%s}}}}"


@pytest.fixture
def servers(load):
    return lambda text: load(f"tool_servers: {text}").catalog.tool_servers


def test_a_pinned_tool_says_what_was_pinned(servers):
    pins = json.dumps({"look": PIN})
    where = f"kind: mcp, base_url: 'https://desk.example/mcp', pins: '{pins}'"
    text = f"{{desk: {{{where}, tools: {{look: {{}}}}}}}}"
    [desk] = servers(text).values()
    look = desk.tools["look"]
    assert look.description == "Look it up."
    assert look.settings == {"tool": "look", "digest": PIN["digest"], "output": ""}
    assert desk.url.value == "https://desk.example/mcp"
    assert desk.host == "desk.example:443"


def test_a_program_is_named_with_its_environment(servers):
    text = "{desk: {kind: mcp, command: [/opt/desk, --fast], environment: {TOKEN: x}, network: host}}"
    [desk] = servers(text).values()
    assert desk.command == ("/opt/desk", "--fast")
    assert desk.network


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{desk: {kind: mcp}}", "an MCP server without place"),
        ("{desk: {kind: mcp, command: [x], base_url: 'https://desk.example/'}}", "both base_url and command"),
        ("{desk: {kind: mcp, command: [x], pins: nonsense}}", "pins that cannot be read"),
        ("{desk: {kind: mcp, command: [x], pins: '{\"look\": {}}'}}", "pins that cannot be read"),
        ("{desk: {base_url: 'https://desk.example/', command: [x]}}", "command of a tool server of the kind"),
        ("{desk: {kind: function, pins: x}}", "pins of a tool server of the kind function"),
        ("{desk: {kind: function, tools: {add: {entry: nothing}}}}", "package.module:function"),
        ("{desk: {kind: sql}}", "a tool server of the kind sql without url"),
        ("{desk: {kind: sql, url: 'mysql://db'}}", "sqlite://… or postgresql://…"),
        (SQL % "effect: unsafe, statement: SELECT 1", "effect: read or transactional"),
        (SQL % "effect: read", "there is no statement"),
        (SQL % "effect: read, statement: SELECT 1; DROP TABLE x", "more than one statement"),
        (SQL % "effect: read, statement: 'SELECT :id'", ":id, which is no argument"),
        (QUEUE % "effect: transactional", "a message without stream"),
        (QUEUE % "effect: keyed, stream: x", "effect: transactional, of a message"),
        (QUEUE % "effect: transactional, stream: x, result: 40s", "less than the timeout of 30 s"),
    ],
)
def test_what_is_not_its_own_is_refused(servers, text, says):
    with pytest.raises(ConfigError, match=says):
        servers(text)
