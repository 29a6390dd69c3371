"""Messages of clients, each kind read into a turn."""

from typing import Any

import pytest

from dialects.conversation import (
    Audio,
    Image,
    Inline,
    Message,
    Native,
    Part,
    RedactedThinking,
    Refusal,
    Role,
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Url,
)
from dialects.errors import Malformed
from dialects.openai.chat_turns import read_messages


def call(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}, **more}


def assistant(**members: Any) -> tuple[Part, ...]:
    (turn,) = read_messages([{"role": "assistant", **members}])
    return turn.parts


@pytest.mark.parametrize("role", ["system", "developer", "user"])
def test_a_role_is_kept_with_its_name_and_what_else_is_said(role: Role) -> None:
    message = {"role": role, "content": "hi", "name": "ann", "x": 1}
    assert read_messages([message]) == (Message(role, (Text("hi"),), "ann", {"x": 1}),)


SIGNED = {
    "type": "reasoning.text",
    "text": "hm",
    "signature": "s",
    "format": "anthropic-claude-v1",
    "index": 0,
}


@pytest.mark.parametrize(
    ("members", "parts"),
    [
        pytest.param({"content": "hi"}, (Text("hi"),), id="text"),
        pytest.param({"content": None, "tool_calls": [call("a")]}, (ToolCall("a", "f"),), id="a call"),
        pytest.param(
            {"tool_calls": [call("a__sb__cysv", x=1)]},
            (ToolCall("a", "f", "{}", "s+/", extra={"x": 1}),),
            id="a call that carries its signature",
        ),
        pytest.param(
            {"tool_calls": [{"id": "a", "function": {"name": "f", "arguments": ""}}]},
            (ToolCall("a", "f", ""),),
            id="a call without a type",
        ),
        pytest.param(
            {"tool_calls": [{"id": "a", "type": "custom", "custom": {"name": "c", "input": "x"}}]},
            (Native("openai_chat", {"id": "a", "type": "custom", "custom": {"name": "c", "input": "x"}}),),
            id="a call with free text",
        ),
        pytest.param(
            {"function_call": {"name": "f", "arguments": "{}"}}, (ToolCall("call_0", "f"),), id="function"
        ),
        pytest.param({"content": None, "refusal": "no"}, (Refusal("no"),), id="refusal"),
        pytest.param({"content": None, "audio": {"id": "a"}}, (Audio(Stored("a")),), id="its own sound"),
        pytest.param(
            {"content": "", "images": [{"type": "image_url", "image_url": {"url": "https://e.com/a"}}, 7]},
            (Image(Url("https://e.com/a")),),
            id="its own picture",
        ),
        pytest.param({"content": "a", "reasoning_content": "hm"}, (Thinking("hm"), Text("a")), id="thought"),
        pytest.param({"content": "a", "reasoning": "hm"}, (Thinking("hm"), Text("a")), id="the other name"),
        pytest.param(
            {"content": "a", "reasoning_content": "hm", "reasoning_details": [SIGNED]},
            (Thinking("hm", "s", "anthropic"), Text("a")),
            id="a signed thought",
        ),
        pytest.param(
            {"content": "a", "reasoning_content": "hm", "reasoning_details": []},
            (Thinking("hm"), Text("a")),
            id="a list that says nothing",
        ),
        pytest.param(
            {"content": "a", "reasoning_content": 7, "reasoning_details": "x", "annotations": None},
            (Text("a"),),
            id="odd types where OpenAI has no member",
        ),
        pytest.param(
            {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, "a"]},
            (Thinking("hm"), Text("a")),
            id="Mistral's list",
        ),
    ],
)
def test_what_a_model_said_before_is_read(members: dict[str, Any], parts: tuple[Part, ...]) -> None:
    assert assistant(**members) == parts


def test_fragments_of_details_that_a_client_did_not_join_are_joined() -> None:
    details = [
        {"type": "reasoning.text", "text": "h", "format": "anthropic-claude-v1", "index": 0},
        {"type": "reasoning.text", "text": "m", "index": 0},
        {"type": "reasoning.text", "signature": "s", "index": 0},
        {
            "type": "reasoning.encrypted",
            "data": "d",
            "format": "anthropic-claude-v1anthropic-claude-v1",
            "index": 1,
        },
        {
            "type": "reasoning.summary",
            "summary": "so",
            "id": "rs_1",
            "format": "openai-responses-v1",
            "index": 2,
        },
        {
            "type": "reasoning.encrypted",
            "data": "e",
            "id": "rs_1",
            "format": "openai-responses-v1",
            "index": 2,
        },
    ]
    assert assistant(content="a", reasoning_details=details)[:-1] == (
        Thinking("hm", "s", "anthropic"),
        RedactedThinking("d", "anthropic"),
        Thinking("so", "e", "openai", "rs_1"),
    )


def test_results_in_a_row_are_one_turn() -> None:
    turns = read_messages(
        [
            {"role": "assistant", "tool_calls": [call("a"), call("b")]},
            {"role": "tool", "tool_call_id": "a__sb__cysv", "content": "1", "name": "f", "x": 1},
            {"role": "tool", "tool_call_id": "b", "content": [{"type": "text", "text": "2"}]},
            {"role": "user", "content": "so?"},
            {"role": "tool", "tool_call_id": "c", "content": None},
        ]
    )
    assert [turn.role for turn in turns] == ["assistant", "tool", "user", "tool"]
    assert turns[1].parts == (
        ToolResult("a", (Text("1"),), "f", extra={"x": 1}),
        ToolResult("b", (Text("2"),)),
    )
    assert turns[3].parts == (ToolResult("c"),)


def test_a_picture_that_a_tool_saw_is_kept() -> None:
    content = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,QQ=="}}]
    (turn,) = read_messages([{"role": "tool", "tool_call_id": "a", "content": content}])
    assert turn.parts == (ToolResult("a", (Image(Inline("image/png", "QQ==")),)),)


def test_the_result_of_a_function_answers_the_last_one_that_was_called() -> None:
    turns = read_messages(
        [
            {"role": "user", "content": "go"},
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "1"},
        ]
    )
    assert turns[1].parts == (ToolCall("call_1", "f"),)
    assert turns[2].parts == (ToolResult("call_1", (Text("1"),), "f"),)


@pytest.mark.parametrize(
    ("message", "param"),
    [
        ({"role": "tool", "content": "1"}, "messages.0.tool_call_id"),
        ({"role": "tool", "tool_call_id": 7}, "messages.0.tool_call_id"),
        (
            {"role": "tool", "tool_call_id": "a", "content": [{"type": "refusal", "refusal": "no"}]},
            "messages.0.content.0.type",
        ),
        ({"role": "function", "content": "1"}, "messages.0.name"),
        ({"role": "assistant", "tool_calls": [7]}, "messages.0.tool_calls.0"),
        ({"role": "assistant", "tool_calls": [{"id": "a"}]}, "messages.0.tool_calls.0.function"),
        (
            {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": {}}}]},
            "messages.0.tool_calls.0.function.arguments",
        ),
        ({"role": "assistant", "content": 7}, "messages.0.content"),
        ({"role": "user", "content": [{"type": "text"}]}, "messages.0.content.0.text"),
        ({"role": "user", "content": [{}]}, "messages.0.content.0.type"),
        ({"role": "user", "content": [7]}, "messages.0.content.0"),
    ],
)
def test_a_mistake_is_named_with_its_place(message: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_messages([message])
    assert refused.value.param == param
