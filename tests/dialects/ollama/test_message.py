"""Calls without ids find their results, images their types."""

from typing import Any

import pytest

from dialects.conversation import Image, Inline, Message, Text, Thinking, ToolCall, ToolResult
from dialects.members import Members
from dialects.ollama.message import Turns, read_image, write_messages, write_parts


def call(name: str, **more: Any) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": {"a": 1}}} | more


def result(content: str, **more: Any) -> dict[str, Any]:
    return {"role": "tool", "content": content} | more


def read(*messages: dict[str, Any]) -> tuple[Message, ...]:
    return Turns().read(Members({"messages": list(messages)}))


def answered(*results: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The ids and names that results get, after calls of f, g, f."""
    calls = {"role": "assistant", "content": "", "tool_calls": [call("f"), call("g"), call("f")]}
    return [(part.id, part.name) for part in read(calls, *results)[-1].parts if isinstance(part, ToolResult)]


def test_calls_without_ids_are_numbered_through_the_whole_chat() -> None:
    asks = {"role": "assistant", "content": "", "tool_calls": [call("f"), call("g", id="own")]}
    turns = read(asks, result("x", tool_name="f"), result("y", tool_name="g"), asks)
    ids = [part.id for turn in turns for part in turn.parts if isinstance(part, ToolCall)]
    assert ids == ["call_0", "own", "call_2", "own"]


def test_results_are_of_the_calls_of_their_tool_in_order() -> None:
    results = [result("1", tool_name="f"), result("2", tool_name="f"), result("3", tool_name="g")]
    assert answered(*results) == [("call_0", "f"), ("call_2", "f"), ("call_1", "g")]


def test_results_that_name_nothing_are_of_the_calls_in_order() -> None:
    assert answered(result("1"), result("2")) == [("call_0", "f"), ("call_1", "g")]


def test_a_result_that_names_its_call_is_of_that() -> None:
    assert answered(result("1", tool_call_id="call_2"), result("2")) == [("call_2", "f"), ("call_0", "f")]


def test_a_result_of_a_call_nobody_made_is_kept() -> None:
    assert answered(result("1", tool_name="h"), result("2", tool_call_id="z")) == [
        ("call_3", "h"),
        ("z", None),
    ]


def test_a_turn_is_read_and_written_again() -> None:
    messages = [
        {"role": "user", "content": "hi", "images": ["iVBORAA="], "x": 1},
        {"role": "assistant", "content": "a", "thinking": "hm", "tool_calls": [call("f", id="c")]},
        {"role": "tool", "tool_name": "f", "tool_call_id": "c", "content": "ok"},
    ]
    turns = read(*messages)
    assert turns == (
        Message("user", (Text("hi"), Image(Inline("image/png", "iVBORAA="))), extra={"x": 1}),
        Message("assistant", (Thinking("hm"), Text("a"), ToolCall("c", "f", '{"a":1}'))),
        Message("tool", (ToolResult("c", (Text("ok"),), "f"),)),
    )
    assert write_messages(turns) == messages


def test_a_signed_call_carries_its_signature_in_its_id() -> None:
    signed = ToolCall("a", "f", "{}", "gemini's")
    written = {"role": "assistant", **write_parts((signed,), "assistant")}
    turns = read(written, result("fog", tool_call_id=written["tool_calls"][0]["id"]))
    assert turns[0].parts == (signed,)
    assert turns[1].parts == (ToolResult("a", (Text("fog"),), name="f"),)


def test_a_result_is_written_with_the_name_of_its_call() -> None:
    turns = [Message("assistant", (ToolCall("c", "f"),)), Message("tool", (ToolResult("c"),))]
    assert write_messages(turns)[1] == {"role": "tool", "tool_name": "f", "tool_call_id": "c", "content": ""}


def test_arguments_that_are_broken_are_an_object_all_the_same() -> None:
    (written,) = write_parts([ToolCall("c", "f", "{")], "assistant")["tool_calls"]
    assert written["function"]["arguments"] == {"invalid_arguments": "{"}


def test_texts_of_a_model_go_on_and_texts_of_others_are_paragraphs() -> None:
    texts = [Text("a"), Text("b")]
    assert write_parts(texts, "assistant")["content"] == "ab"
    assert write_parts(texts, "user")["content"] == "a\n\nb"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("iVBORw0K", "image/png"),
        ("/9j/4AAQ", "image/jpeg"),
        ("R0lGODlh", "image/gif"),
        ("UklGRh4A", "image/webp"),
        ("AAAA", "image/png"),
    ],
)
def test_an_image_has_the_type_its_bytes_begin_like(data: str, kind: str) -> None:
    assert read_image(data, "images.0") == Image(Inline(kind, data))


def test_an_image_in_a_url_is_the_image() -> None:
    assert read_image("data:image/jpeg;base64,/9j/", "images.0") == Image(Inline("image/jpeg", "/9j/"))
