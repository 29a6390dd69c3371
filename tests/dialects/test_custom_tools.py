"""Tools of free text are functions for other formats, and calls of them come back as what they are."""

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kinds import Operation
from dialects.answer import (
    Answer,
    Choice,
    Delta,
    Finish,
    Finished,
    PartDelta,
    TextDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Native, Text, Tool, ToolCall, ToolChoice, ToolResult
from dialects.custom_tools import CustomCalls, as_custom, as_functions
from dialects.deltas import scatter
from dialects.dialect import Asked, Destination, Dialect, EventReader, Reply
from dialects.translating import Translated
from gateway.formats import SPOKEN
from tests.dialects.openai_responses_order import check_order

RESPONSES, CHAT = cast(Dialect, SPOKEN[Operation.RESPONSES]), cast(Dialect, SPOKEN[Operation.CHAT])
MESSAGES = cast(Dialect, SPOKEN[Operation.MESSAGES])
NAME, PATCH = "apply_patch", '*** Begin "Patch"\n+é\\n\U0001f600\n'
GRAMMAR = {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}
CUSTOM = {"type": "custom", "name": NAME, "description": "Edits files.", "format": GRAMMAR}
ASKED = {
    "model": "m",
    "input": [
        {"type": "message", "role": "user", "content": "fix it"},
        {"type": "custom_tool_call", "id": "ctc_1", "call_id": "c1", "name": NAME, "input": PATCH},
        {"type": "custom_tool_call_output", "call_id": "c1", "output": "Done!"},
    ],
    "tools": [CUSTOM, {"type": "web_search"}],
    "tool_choice": {"type": "custom", "name": NAME},
}
IN_CHAT = {
    "model": "m",
    "messages": [
        {"role": "user", "content": "fix it"},
        {
            "role": "assistant",
            "tool_calls": [{"id": "c1", "type": "custom", "custom": {"name": NAME, "input": PATCH}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "Done!"},
    ],
    "tools": [
        {
            "type": "custom",
            "custom": {
                "name": NAME,
                "description": "Edits files.",
                "format": {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: /.+/"}},
            },
        }
    ],
    "tool_choice": {"type": "custom", "custom": {"name": NAME}},
}


@pytest.mark.parametrize(
    ("dialect", "body"), [(RESPONSES, ASKED), (CHAT, IN_CHAT)], ids=["responses", "chat"]
)
def test_a_custom_tool_is_told_as_a_function_of_one_text(dialect: Dialect, body: dict[str, Any]) -> None:
    told, names = as_functions(dialect.read_request(json.dumps(body).encode()))
    assert names == {NAME}
    [tool] = [each for each in told.tools if isinstance(each, Tool)]
    assert tool.name == NAME
    assert tool.description == "Edits files.\n\nThe input follows this lark grammar:\nstart: /.+/"
    assert tool.parameters is not None and tool.parameters["required"] == ["input"]
    assert told.tool_choice == ToolChoice("required", (NAME,))
    assert "tool_choice" not in (told.extra or {})
    calls = [part for message in told.messages for part in message.parts if isinstance(part, ToolCall)]
    results = [part for message in told.messages for part in message.parts if isinstance(part, ToolResult)]
    assert [(call.id, call.name, json.loads(call.arguments)) for call in calls] == [
        ("c1", NAME, {"input": PATCH})
    ]
    assert [(result.id, result.parts) for result in results] == [("c1", (Text("Done!"),))]


def test_other_tools_and_other_formats_are_left_alone() -> None:
    asked = RESPONSES.read_request(
        json.dumps({**ASKED, "input": "hi", "tools": [{"type": "web_search"}]}).encode()
    )
    assert as_functions(asked) == (asked, frozenset())
    message = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "hi"}]}
    other = MESSAGES.read_request(json.dumps(message).encode())
    assert as_functions(other) == (other, frozenset())


def through(caller: Dialect, body: dict[str, Any]) -> tuple[Translated, Any]:
    """The way to a vendor of Anthropic's format, with the request that was sent on it."""
    way = Translated(caller, MESSAGES)
    sent = way.request(json.dumps(body).encode(), Asked("m"), Destination("claude", output_limit=100))
    return way, sent


def test_the_vendor_sees_a_function_and_the_caller_its_custom_call() -> None:
    way, sent = through(RESPONSES, ASKED)
    told = json.loads(sent.body)
    assert [tool["name"] for tool in told["tools"]] == [NAME]
    assert told["tool_choice"]["name"] == NAME
    said = {"type": "tool_use", "id": "toolu_1", "name": NAME, "input": {"input": PATCH}}
    whole = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": [said],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
    _, body = way.answer(json.dumps(whole).encode(), sent, lambda: Reply("r", 1, "m"))
    [item] = json.loads(body)["output"]
    assert (item["type"], item["call_id"], item["name"], item["input"]) == (
        "custom_tool_call",
        "toolu_1",
        NAME,
        PATCH,
    )


CALL = Answer(
    "v", (Choice((Text("ok"), ToolCall("c1", NAME, json.dumps({"input": PATCH}))), Finish("tool_calls")),)
)


class Says:
    """A reader of one event that is all of these deltas."""

    done = True

    def __init__(self, deltas: list[Delta]) -> None:
        self.deltas = deltas

    def read(self, event: bytes) -> list[Delta]:
        return self.deltas

    def end(self) -> list[Delta]:
        return []


def shown(deltas: list[Delta], dialect: str = "openai_responses") -> list[Delta]:
    reader: EventReader = CustomCalls(Says(deltas), frozenset([NAME]), dialect)
    return [*reader.read(b""), *reader.end()]


def pieces(arguments: str, sizes: list[int]) -> list[str]:
    found = []
    for size in sizes:
        found, arguments = [*found, arguments[:size]], arguments[size:]
    return [piece for piece in [*found, arguments] if piece]


@given(st.text(max_size=40), st.booleans(), st.lists(st.integers(1, 7), max_size=30))
def test_a_streamed_input_is_its_text_wherever_it_is_cut(text: str, plain: bool, sizes: list[int]) -> None:
    arguments = json.dumps({"input": text}, ensure_ascii=plain)
    deltas: list[Delta] = [ToolStarted("c1", NAME), *map(ToolDelta, pieces(arguments, sizes))]
    began, *grown, end = shown([*deltas, Finished(Finish("tool_calls"))])
    assert isinstance(began, PartDelta) and isinstance(began.value, Native)
    assert "".join(cast(ToolDelta, delta).arguments for delta in grown) == text
    assert isinstance(end, Finished)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [('{"patch": 1}', '{"patch": 1}'), ("*** Begin", "*** Begin"), ('"text"', "text"), ("", "")],
    ids=["other members", "no JSON", "the text alone", "nothing"],
)
def test_what_is_no_such_call_is_shown_as_the_model_wrote_it(arguments: str, text: str) -> None:
    told = [ToolDelta(arguments)] if arguments else []
    found = shown([ToolStarted("c1", NAME), *told, Finished(Finish("stop"))])
    assert [delta for delta in found if isinstance(delta, ToolDelta)] == ([ToolDelta(text)] if text else [])
    [part] = (
        as_custom(
            Answer("v", (Choice((ToolCall("c1", NAME, arguments),), Finish("stop")),)),
            frozenset([NAME]),
            "openai_chat",
        )
        .choices[0]
        .parts
    )
    assert isinstance(part, Native) and part.value["custom"]["input"] == text


def test_a_stream_of_responses_has_a_custom_call_that_grows() -> None:
    writer = RESPONSES.writer(Reply("r", 1, "m"))
    out = b"".join(writer.write([delta]) for delta in shown(list(scatter(CALL)))) + writer.end()
    check_order(out)
    events = [json.loads(line[6:]) for line in out.split(b"\n") if line.startswith(b"data: ")]
    kinds = [event["type"] for event in events]
    assert "response.custom_tool_call_input.delta" in kinds
    [done] = [event for event in events if event["type"] == "response.custom_tool_call_input.done"]
    assert done["input"] == PATCH
    item = events[-1]["response"]["output"][-1]
    assert (item["type"], item["status"], item["call_id"], item["input"]) == (
        "custom_tool_call",
        "completed",
        "c1",
        PATCH,
    )


def test_a_stream_of_chat_has_a_custom_call_that_grows() -> None:
    writer = CHAT.writer(Reply("r", 1, "m"))
    deltas = shown(list(scatter(CALL)), "openai_chat")
    out = b"".join(writer.write([delta]) for delta in deltas) + writer.end()
    lines = [line[6:] for line in out.split(b"\n\n") if line.startswith(b"data: {")]
    calls = [
        call
        for line in lines
        for choice in json.loads(line)["choices"]
        for call in choice["delta"].get("tool_calls", [])
    ]
    assert (calls[0]["id"], calls[0]["type"], calls[0]["custom"]["name"]) == ("c1", "custom", NAME)
    assert "".join(call["custom"].get("input", "") for call in calls) == PATCH


def test_what_is_said_beside_passes() -> None:
    assert shown([TextDelta("a"), ToolStarted("1", "other"), ToolDelta("{}", 1)]) == [
        TextDelta("a"),
        ToolStarted("1", "other"),
        ToolDelta("{}", 1),
    ]
