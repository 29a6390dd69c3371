"""The parts of Cohere's messages: content, plan, calls, results."""

from typing import Any

import pytest

from dialects.cohere.content import (
    read_assistant,
    read_content,
    read_result,
    write_assistant,
    write_content,
    write_result,
)
from dialects.conversation import Image, Inline, Native, Text, Thinking, ToolCall, ToolResult, Url
from dialects.members import Members

CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
PLAN = {"type": "PLAN", "start": 0, "end": 1, "text": "I", "sources": []}
THOUGHT = {"type": "THINKING_CONTENT", "content_index": 0, "start": 0, "end": 2, "text": "hm", "sources": []}


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        pytest.param("hi", [Text("hi")], id="text"),
        pytest.param(
            [
                {"type": "text", "text": "hi"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
            ],
            [Text("hi"), Image(Inline("image/png", "AA=="))],
            id="data",
        ),
        pytest.param(
            [{"type": "image_url", "image_url": {"url": "https://e.com/a.png", "detail": "low"}}],
            [Image(Url("https://e.com/a.png"), "low")],
            id="url",
        ),
        pytest.param([{"type": "x", "y": 1}], [Native("cohere_chat", {"type": "x", "y": 1})], id="unknown"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_content_is_read_and_written_again(content: Any, parts: list[Any]) -> None:
    assert read_content(Members({"content": content})) == parts
    assert write_content(parts) == content


def test_a_lone_text_with_more_to_say_stays_a_block() -> None:
    assert write_content([Text("a", extra={"x": 1})]) == [{"type": "text", "text": "a", "x": 1}]


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        pytest.param(
            {"tool_plan": "I look", "tool_calls": [CALL]}, (Text("I look"), ToolCall("c", "f")), id="plan"
        ),
        pytest.param(
            {"content": [{"type": "text", "text": "a"}], "tool_plan": "b", "tool_calls": [CALL]},
            (Text("a"), Text("b"), ToolCall("c", "f")),
            id="text and plan",
        ),
        pytest.param(
            {"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}]},
            (Thinking("hm"), Text("a")),
            id="thoughts",
        ),
        pytest.param(
            {"content": [{"type": "thinking", "thinking": "hm"}], "citations": [THOUGHT]},
            (Thinking("hm"),),
            id="citations of thoughts",
        ),
    ],
)
def test_what_a_model_said_is_read_and_written_again(message: dict[str, Any], parts: tuple[Any, ...]) -> None:
    read, extra = read_assistant(Members(message))
    assert read == parts
    assert write_assistant(read, extra) == {"role": "assistant"} | message


def test_a_plan_has_citations_of_its_own() -> None:
    message = {"tool_plan": "I look", "tool_calls": [CALL], "citations": [PLAN]}
    (plan, _), extra = read_assistant(Members(message))
    assert isinstance(plan, Text)
    assert [citation.native for citation in plan.citations] == [PLAN]
    assert extra is None
    assert write_assistant((plan, ToolCall("c", "f"))) == {"role": "assistant"} | message


def test_text_before_calls_is_the_plan() -> None:
    written = write_assistant((Text("a"), ToolCall("c", "f", "")))
    assert written == {"role": "assistant", "tool_plan": "a", "tool_calls": [CALL]}


def test_a_signed_call_carries_its_signature_in_its_id() -> None:
    signed = ToolCall("c", "f", "{}", "gemini's")
    written = write_assistant((signed,))
    (sent,) = written["tool_calls"]
    assert sent["id"] not in ("c", "gemini's")
    assert read_assistant(Members(written))[0] == (signed,)
    result = {"tool_call_id": sent["id"], "content": "fog"}
    assert read_result(Members(result)) == ToolResult("c", (Text("fog"),))


def test_a_document_is_text_for_others_and_stays_a_document_here() -> None:
    block = {"type": "document", "document": {"id": "d", "data": {"a": "b"}}}
    message = {"role": "tool", "tool_call_id": "c", "content": [block]}
    result = read_result(Members(message))
    assert [part.text for part in result.parts if isinstance(part, Text)] == ['{"a":"b"}']
    assert write_result(result) == {"role": "tool"} | message


def test_a_document_whose_text_was_changed_is_not_brought_back() -> None:
    block = {"type": "document", "document": {"data": "secret"}}
    (part,) = read_result(Members({"tool_call_id": "c", "content": [block]})).parts
    changed = ToolResult("c", (Text("masked", extra=part.extra),))
    assert write_result(changed)["content"] == [{"type": "text", "text": "masked"}]
