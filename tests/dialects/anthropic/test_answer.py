"""Whole answers are read from what vendors send, and written as the SDK takes them."""

import json
from typing import Any

import pytest

from dialects.answer import Answer, Choice, Finish
from dialects.anthropic.answer import hear_whole, peek_whole, read_whole, write_block, write_whole
from dialects.anthropic.blocks import NAME
from dialects.conversation import (
    Citation,
    Image,
    Native,
    Part,
    RedactedThinking,
    Refusal,
    Text,
    Thinking,
    ToolCall,
    Url,
)
from dialects.dialect import Reply, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.usage import Usage
from tests.dialects.anthropic_sdk import received

REPLY = Reply("r1", 1_700_000_000, "asked-model")
SEARCH = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "q"}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "s", "content": []}
BODY: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-x",
    "content": [
        {"type": "thinking", "thinking": "hm", "signature": "S"},
        {"type": "redacted_thinking", "data": "D"},
        SEARCH,
        FOUND,
        {"type": "text", "text": "Hello"},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {
        "input_tokens": 9,
        "output_tokens": 3,
        "cache_read_input_tokens": 4,
        "cache_creation_input_tokens": 2,
        "service_tier": "standard",
    },
    "container": {"id": "c", "expires_at": "2026-01-01T00:00:00Z"},
}
ANSWER = Answer(
    NAME,
    (
        Choice(
            (
                Thinking("hm", "S", "anthropic"),
                RedactedThinking("D", "anthropic"),
                Native(NAME, SEARCH),
                Native(NAME, FOUND),
                Text("Hello"),
                ToolCall("toolu_1", "f", '{"a":1}'),
            ),
            Finish("tool_calls"),
        ),
    ),
    id="msg_1",
    model="claude-x",
    usage=Usage(15, 3, 4, 2),
    service_tier="standard",
    extra={
        "container": {"id": "c", "expires_at": "2026-01-01T00:00:00Z"},
        "usage": {"service_tier": "standard"},
    },
)


def encoded(**members: Any) -> bytes:
    return json.dumps(BODY | members).encode()


def answer(*parts: Any, finish: Finish = Finish("stop"), dialect: str = "openai_chat") -> Answer:  # noqa: B008
    return Answer(dialect, (Choice(parts, finish),))


def test_an_answer_is_read_and_comes_back_as_it_was() -> None:
    assert read_whole(encoded()) == ANSWER
    assert json.loads(write_whole(ANSWER, REPLY)) == BODY
    assert received(200, write_whole(ANSWER, REPLY)).to_dict()["content"][0]["signature"] == "S"  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "finish"),
    [
        ("end_turn", Finish("stop")),
        ("max_tokens", Finish("length")),
        ("model_context_window_exceeded", Finish("context_window")),
        ("tool_use", Finish("tool_calls")),
        ("refusal", Finish("refusal")),
        ("pause_turn", Finish("pause")),
        ("stop_sequence", Finish("stop_sequence", "X")),
    ],
)
def test_an_end_travels_both_ways(name: str, finish: Finish) -> None:
    found = read_whole(encoded(stop_reason=name, stop_sequence=finish.sequence))
    assert found.choices[0].finish == finish
    written = json.loads(write_whole(answer(finish=finish), REPLY))
    assert (written["stop_reason"], written["stop_sequence"]) == (name, finish.sequence)


@pytest.mark.parametrize(("reason", "name"), [("content_filter", "refusal"), ("error", "end_turn")])
def test_ends_that_others_know_have_the_nearest_name(reason: Any, name: str) -> None:
    assert json.loads(write_whole(answer(finish=Finish(reason)), REPLY))["stop_reason"] == name


def test_an_end_of_tomorrow_is_an_end() -> None:
    assert read_whole(encoded(stop_reason="bored")).choices[0].finish == Finish("stop", sure=False)


def test_what_the_vendor_did_not_tell_is_filled_in() -> None:
    found = received(200, write_whole(answer(Text("hi")), REPLY))
    assert (found.id, found.model, found.role) == ("msg_r1", "asked-model", "assistant")
    assert (found.usage.input_tokens, found.usage.output_tokens) == (0, 0)


def test_what_another_vendor_says_is_taken_by_the_sdk() -> None:
    cited = Text("Hello", (Citation("https://example.com", "T", native={"type": "url_citation"}),))
    call = ToolCall("functions.f:0", "f", '{"a":', "sig")
    found = received(200, write_whole(answer(Thinking("hm"), cited, Refusal("no"), call), REPLY))
    kinds = [block.type for block in found.content]
    assert kinds == ["thinking", "text", "text", "tool_use"]
    assert found.content[1].citations[0].url == "https://example.com"  # type: ignore[union-attr, index]
    assert found.content[3].input == {"invalid_arguments": '{"a":'}  # type: ignore[union-attr]


@pytest.mark.parametrize("part", [Image(Url("u")), Native("gemini", {"x": 1})])
def test_what_an_answer_cannot_show_is_left_out(part: Any) -> None:
    assert write_block(part) is None


def test_another_formats_members_are_left_out() -> None:
    written = json.loads(write_whole(Answer("gemini", (), extra={"x": 1, "usage": {"y": 2}}), REPLY))
    assert "x" not in written and "y" not in written["usage"]
    assert written["content"] == []


def test_half_a_surrogate_pair_is_no_reason_to_fail() -> None:
    body = encoded().replace(b'"Hello"', b'"x\\ud83d"')
    found = read_whole(body)
    assert found.choices[0].parts[4] == Text("x?")
    assert b'"x?"' in write_whole(found, REPLY)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"{}", b'{"content":[7]}', b'{"content":[{}]}', b"\xff"],
)
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_whole(body)


def test_an_error_with_a_good_status_is_told() -> None:
    body = b'{"type":"error","error":{"type":"api_error","message":"broken"}}'
    assert peek_whole(body) == WholeAnswer(None, VendorError("broken", "api_error"), 0)
    assert hear_whole(body) == VendorError("broken", "api_error")
    with pytest.raises(Malformed, match="broken"):
        read_whole(body)


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        pytest.param(encoded(), WholeAnswer(Usage(15, 3, 4, 2), None, 0, "standard"), id="counted"),
        pytest.param(encoded(usage=None), WholeAnswer(None, None, 2 + 13 + 5 + 7), id="not counted"),
        pytest.param(encoded(usage=None, content=[7, {}, {"text": 7}]), WholeAnswer(None, None, 1), id="odd"),
    ],
)
def test_a_passing_answer_is_peeked_at(body: bytes, whole: WholeAnswer) -> None:
    assert peek_whole(body) == whole


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"content":7}'])
def test_nothing_is_peeked_of_what_is_no_answer(body: bytes) -> None:
    with pytest.raises(Malformed):
        peek_whole(body)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("hi", Text("hi")),
        ([{"type": "tool_use", "id": "t", "name": "f", "input": '{"a":1}'}], ToolCall("t", "f", '{"a":1}')),
        ([{"type": "tool_use", "id": "t", "name": "f", "input": None}], ToolCall("t", "f", "{}")),
    ],
)
def test_what_imitators_write_otherwise_is_understood(content: Any, part: Part) -> None:
    body = encoded(content=content, stop_reason="end_turn", usage={"input_tokens": 1, "output_tokens": 1})
    assert peek_whole(body).error is None
    assert read_whole(body).choices[0].parts == (part,)
