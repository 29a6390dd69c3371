"""A tool that a vendor would refuse for its name is called by another, and the caller never learns of it."""

import json
import re
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kinds import Operation
from dialects.anthropic.events import event
from dialects.conversation import Conversation, Message, NativeTool, Tool, ToolCall, ToolChoice, ToolResult
from dialects.dialect import Asked, Destination, Dialect, Reply
from dialects.tool_names import renamed
from dialects.translating import Translated
from gateway.formats import SPOKEN

CHAT, MESSAGES = (cast(Dialect, SPOKEN[each]) for each in (Operation.CHAT, Operation.MESSAGES))
TO = Destination("m", output_limit=9)
REPLY = Reply("r", 1, "m")


def told(name: str, vendor: str, *others: str) -> str:
    tools = tuple(Tool(each) for each in (name, *others))
    conversation, _ = renamed(Conversation(dialect="x", model="m", messages=(), tools=tools), vendor)
    return conversation.tools[0].name  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "vendor", "expected"),
    [
        ("get_weather-2", "anthropic_messages", "get_weather-2"),
        ("srv.tool/x", "anthropic_messages", "srv_tool_x"),
        ("srv.tool/x", "bedrock_converse", "srv_tool_x"),
        ("srv.tool:x", "gemini", "srv.tool:x"),
        ("srv.tool/x", "gemini", "srv_tool_x"),
        ("3d", "gemini", "_3d"),
        ("3d", "anthropic_messages", "3d"),
        ("-x", "gemini", "_-x"),
        ("wetter ü", "openai_responses", "wetter__"),
        ("n" * 100, "anthropic_messages", "n" * 100),
        ("srv.tool/x", "openai_chat", "srv.tool/x"),  # imitators take what OpenAI does not
    ],
)
def test_only_what_is_refused_is_renamed(name: str, vendor: str, expected: str) -> None:
    assert told(name, vendor) == expected


def test_names_that_would_be_one_stay_two() -> None:
    first = told("a.b", "anthropic_messages", "a_b")
    assert first.startswith("a_b_") and first != told("a:b", "anthropic_messages", "a_b")


@given(st.lists(st.text(min_size=1, max_size=90), unique=True, min_size=1, max_size=4))
def test_any_names_become_ones_that_are_taken_and_differ(names: list[str]) -> None:
    tools: tuple[Tool | NativeTool, ...] = (*(Tool(name) for name in names), NativeTool("x", {}))
    conversation, back = renamed(Conversation(dialect="x", model="m", messages=(), tools=tools), "gemini")
    new = [tool.name for tool in conversation.tools if isinstance(tool, Tool)]
    assert len(set(new)) == len(names)
    assert all(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}", name) for name in new)
    assert [(back or {}).get(name, name) for name in new] == names


def test_calls_results_and_choices_follow() -> None:
    turns = (Message("assistant", (ToolCall("c", "a.b"),)), Message("tool", (ToolResult("c", name="a.b"),)))
    asked = Conversation(
        dialect="x",
        model="m",
        messages=turns,
        tools=(Tool("a.b"),),
        tool_choice=ToolChoice("required", ("a.b",)),
    )
    conversation, back = renamed(asked, "anthropic_messages")
    names = [part.name for turn in conversation.messages for part in turn.parts]  # type: ignore[union-attr]
    assert (names, conversation.tool_choice) == (["a_b", "a_b"], ToolChoice("required", ("a_b",)))
    assert back == {"a_b": "a.b"}


BODY = {
    "model": "m",
    "messages": [{"role": "user", "content": "hi"}],
    "tools": [{"type": "function", "function": {"name": "srv.f", "parameters": {"type": "object"}}}],
}
USE: dict[str, Any] = {"type": "tool_use", "id": "t", "name": "srv_f", "input": {}}


def test_the_caller_is_called_by_the_name_it_gave() -> None:
    passage = Translated(CHAT, MESSAGES)
    sent = passage.request(json.dumps(BODY).encode(), Asked("m"), TO)
    assert json.loads(sent.body)["tools"][0]["name"] == "srv_f"
    whole = {"content": [USE], "stop_reason": "tool_use", "usage": {"input_tokens": 1, "output_tokens": 1}}
    _, body = passage.answer(json.dumps(whole).encode(), sent, lambda: REPLY)
    [call] = json.loads(body)["choices"][0]["message"]["tool_calls"]
    assert call["function"]["name"] == "srv.f"
    reader = passage.reader(Asked("m", stream=True), sent, lambda: REPLY)
    out = reader.feed(
        event("message_start", {"message": {"usage": {}}})
        + event("content_block_start", {"index": 0, "content_block": USE})
    )
    assert b'"name":"srv.f"' in out and b"srv_f" not in out
