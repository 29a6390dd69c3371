"""Tools and the choice among them, with the word for none that Bedrock lacks."""

import pytest

from dialects.bedrock.tools import read_tools, write_tools
from dialects.conversation import (
    CacheHint,
    Conversation,
    Message,
    NativeTool,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from dialects.errors import Malformed
from dialects.schemas_claude import for_claude

OPEN = {"type": "object", "properties": {}}
CLOSED = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}
F = Tool("f", "does", CLOSED, strict=True)
SPEC = {"name": "f", "description": "does", "inputSchema": {"json": F.parameters}, "strict": True}
CALLED = Message("assistant", (ToolCall("t", "g"), ToolCall("u", "h")))


def asked(*tools: Tool | NativeTool, choice: ToolChoice | None = None, called: bool = False) -> Conversation:
    messages = (Message("user", (Text("hi"),)), *((CALLED,) if called else ()))
    return Conversation(dialect="x", model="m", messages=messages, tools=tools, tool_choice=choice)


def written(conversation: Conversation) -> tuple[object, list[str]]:
    unsaid: list[str] = []
    return write_tools(conversation, None, unsaid), unsaid


def test_a_tool_is_read_and_written() -> None:
    config = {"tools": [{"toolSpec": SPEC}, {"cachePoint": {"type": "default"}}], "toolChoice": {"any": {}}}
    tools, choice, more = read_tools(config)
    cached = Tool(F.name, F.description, F.parameters, F.strict, CacheHint())
    assert (tools, choice, more) == ((cached,), ToolChoice("required"), {})
    assert written(asked(*tools, choice=choice)) == (config, [])


def test_what_only_bedrock_knows_is_kept() -> None:
    config = {"tools": [{"cachePoint": {"type": "default"}}, {"systemTool": {"name": "search"}}], "new": 1}
    tools, choice, more = read_tools(config)
    assert (choice, more) == (None, {"toolConfig": {"new": 1}})
    assert write_tools(asked(*tools), more["toolConfig"], []) == config


@pytest.mark.parametrize(
    ("said", "choice"),
    [
        ({"auto": {}}, ToolChoice("auto")),
        ({"any": {}}, ToolChoice("required")),
        ({"tool": {"name": "f"}}, ToolChoice("required", ("f",))),
    ],
)
def test_a_choice_is_read_and_written(said: dict[str, object], choice: ToolChoice) -> None:
    assert read_tools({"toolChoice": said})[1] == choice
    assert written(asked(F, choice=choice))[0] == {"tools": [{"toolSpec": SPEC}], "toolChoice": said}


def test_empty_words_are_left_out_and_a_schema_is_always_there() -> None:
    config, _ = written(asked(Tool("f", ""), Tool("g", " ", {"properties": {}})))
    assert config == {
        "tools": [
            {"toolSpec": {"name": "f", "inputSchema": {"json": OPEN}}},
            {"toolSpec": {"name": "g", "inputSchema": {"json": OPEN}}},
        ]
    }


def test_no_tool_may_be_called_where_none_is_offered() -> None:
    assert written(asked(F, choice=ToolChoice("none"))) == (None, [])


def test_a_history_with_tools_keeps_them_and_tells_that_none_cannot_be_said() -> None:
    config, unsaid = written(asked(F, choice=ToolChoice("none"), called=True))
    assert (config, unsaid) == ({"tools": [{"toolSpec": SPEC}]}, ["tool_choice.none"])


def test_the_tools_of_a_history_are_offered_where_the_caller_offers_none() -> None:
    config, unsaid = written(asked(choice=ToolChoice("none"), called=True))
    specs = [{"toolSpec": {"name": name, "inputSchema": {"json": OPEN}}} for name in ("g", "h")]
    assert (config, unsaid) == ({"tools": specs}, [])


def test_a_result_alone_is_of_some_tool() -> None:
    messages = (Message("tool", (ToolResult("t", (Text("a"),)),)),)
    config = write_tools(Conversation(dialect="x", model="m", messages=messages), None, [])
    assert config == {"tools": [{"toolSpec": {"name": "tool", "inputSchema": {"json": OPEN}}}]}


def test_no_tools_are_no_configuration() -> None:
    assert written(asked()) == (None, [])
    assert read_tools(None) == ((), None, {})


@pytest.mark.parametrize(
    ("config", "place"),
    [
        (7, "toolConfig"),
        ({"tools": 7}, "toolConfig.tools"),
        ({"tools": [7]}, "toolConfig.tools.0"),
        ({"tools": [{"toolSpec": {"inputSchema": {}}}]}, "toolConfig.tools.0.toolSpec.name"),
        ({"tools": [{"toolSpec": {"name": "f"}}]}, "toolConfig.tools.0.toolSpec.inputSchema"),
        ({"toolChoice": {}}, "toolConfig.toolChoice"),
        ({"toolChoice": {"tool": {}}}, "toolConfig.toolChoice.tool.name"),
    ],
)
def test_a_wrong_tool_is_refused_with_its_place(config: object, place: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_tools(config)
    assert refused.value.param == place


def test_a_tool_of_another_format_that_is_held_to_its_schema_has_one_that_can_be_held_to() -> None:
    bounded = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}}
    ways = {"anyOf": [CLOSED, {"type": "object"}]}
    config, _ = written(asked(Tool("f", parameters=bounded, strict=True), Tool("g", parameters=ways)))
    assert isinstance(config, dict)
    strict, loose = (tool["toolSpec"]["inputSchema"]["json"] for tool in config["tools"])
    assert strict == for_claude(bounded)
    assert "anyOf" not in loose and loose["type"] == "object"
