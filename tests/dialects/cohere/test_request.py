"""Cohere's requests, member by member."""

from typing import Any

import msgspec
import pytest

from dialects.cohere.request import read_request, write_request
from dialects.conversation import (
    Conversation,
    Format,
    Message,
    NativeTool,
    Reasoning,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from dialects.dialect import Destination
from dialects.errors import Malformed

TO = Destination("m")
HI = {"role": "user", "content": "hi"}
SEARCH = {"type": "function", "function": {"name": "search", "parameters": {"type": "object"}}}


def read(**fields: Any) -> Conversation:
    return read_request(msgspec.json.encode({"model": "m", "messages": [HI]} | fields))


def wrote(**fields: Any) -> Any:
    asked = {"dialect": "cohere_chat", "model": "x", "messages": (Message("user", (Text("hi"),)),)}
    return msgspec.json.decode(write_request(Conversation(**asked | fields), TO))


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        ({"p": 0.5, "k": 3, "stop_sequences": ["X"]}, "sampling", Sampling(top_p=0.5, top_k=3, stop=("X",))),
        ({"max_tokens": 9, "seed": 1, "temperature": 0}, "sampling", Sampling(9, 0, seed=1)),
        ({"logprobs": True}, "sampling", Sampling(logprobs=0)),
        (
            {"frequency_penalty": 0.1, "presence_penalty": 0.2},
            "sampling",
            Sampling(frequency_penalty=0.1, presence_penalty=0.2),
        ),
        ({"tool_choice": "REQUIRED"}, "tool_choice", ToolChoice("required")),
        ({"tool_choice": "NONE"}, "tool_choice", ToolChoice("none")),
        ({"response_format": {"type": "json_object"}}, "format", Format("json")),
        (
            {"response_format": {"type": "json_object", "json_schema": {"a": 1}}},
            "format",
            Format("schema", {"a": 1}),
        ),
        ({"thinking": {"type": "enabled"}}, "reasoning", Reasoning(budget=-1)),
        ({"thinking": {"type": "enabled", "token_budget": 99}}, "reasoning", Reasoning(budget=99)),
        ({"thinking": {"type": "disabled"}}, "reasoning", Reasoning(budget=0)),
        ({"stream": True}, "stream", True),
        (
            {"citation_options": {"mode": "FAST"}, "safety_mode": "OFF"},
            "extra",
            {"citation_options": {"mode": "FAST"}, "safety_mode": "OFF"},
        ),
    ],
    ids=str,
)
def test_a_member_is_read_and_written_again(fields: dict[str, Any], field: str, value: Any) -> None:
    tools = {"tools": [SEARCH]} if "tool_choice" in fields else {}
    asked = read(**fields, **tools)
    assert getattr(asked, field) == value
    written = msgspec.json.decode(write_request(asked, TO))
    assert {name: written[name] for name in fields} == fields


def test_no_format_is_a_format_of_its_own() -> None:
    assert read(response_format={"type": "text"}).format is None


@pytest.mark.parametrize(
    ("effort", "thinking"),
    [
        ("none", {"type": "disabled"}),
        ("low", {"type": "enabled", "token_budget": 1024}),
        ("max", {"type": "enabled"}),
    ],
)
def test_an_effort_is_a_budget(effort: Any, thinking: Any) -> None:
    assert wrote(reasoning=Reasoning(effort))["thinking"] == thinking


def test_a_wish_to_see_thoughts_says_nothing_about_how_much_to_think() -> None:
    assert "thinking" not in wrote(reasoning=Reasoning(show=True))


def test_a_tool_that_is_named_is_the_only_one_shown() -> None:
    written = wrote(tools=(Tool("a"), Tool("b")), tool_choice=ToolChoice("required", ("b",)))
    empty = {"type": "object", "properties": {}}
    assert written["tools"] == [{"type": "function", "function": {"name": "b", "parameters": empty}}]
    assert written["tool_choice"] == "REQUIRED"


def test_results_that_follow_one_another_are_one_turn() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
    asked = read(
        messages=[
            HI,
            {"role": "assistant", "tool_plan": "I look.", "tool_calls": [call, call | {"id": "c2"}]},
            {"role": "tool", "tool_call_id": "c1", "content": "one"},
            {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "two"}]},
        ]
    )
    assert asked.messages[1:] == (
        Message(
            "assistant", (Text("I look."), ToolCall("c1", "f", '{"a": 1}'), ToolCall("c2", "f", '{"a": 1}'))
        ),
        Message("tool", (ToolResult("c1", (Text("one"),)), ToolResult("c2", (Text("two"),)))),
    )
    assert read_request(write_request(asked, TO)) == asked


def test_what_nobody_knows_goes_back_where_it_came_from() -> None:
    tool = {"type": "retrieval", "x": 1}
    odd = {
        "role": "user",
        "content": [{"type": "audio", "a": 1}, {"type": "text", "text": "hi", "b": 2}],
        "c": 3,
    }
    asked = read(messages=[odd], tools=[tool], priority=4)
    assert asked.tools == (NativeTool("cohere_chat", tool),)
    written = msgspec.json.decode(write_request(asked, TO))
    assert (written["messages"], written["tools"], written["priority"]) == ([odd], [tool], 4)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"messages": {}}, "messages"),
        ({"messages": [7]}, "messages.0"),
        ({"messages": [HI, {"role": "developer", "content": ""}]}, "messages.1.role"),
        ({"messages": [{"content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages.0.content.0.text"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.tool_call_id"),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"id": "a"}]}]},
            "messages.0.tool_calls.0.function",
        ),
        ({"tools": [{"type": "function"}]}, "tools.0.function"),
        ({"tool_choice": "auto"}, "tool_choice"),
        ({"k": 1.5}, "k"),
        ({"p": True}, "p"),
        ({"stop_sequences": [1]}, "stop_sequences.0"),
        ({"response_format": {"type": "xml"}}, "response_format.type"),
        ({"thinking": {"type": "maybe"}}, "thinking.type"),
    ],
    ids=str,
)
def test_what_cohere_would_refuse_is_refused_with_its_place(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(**fields)
    assert refused.value.param == param
