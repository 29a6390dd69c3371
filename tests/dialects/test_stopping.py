"""What an answer says that was stopped: that it was, and nothing else."""

import json
from typing import Any

import pytest

from dialects.spots import SPOTS, Json
from dialects.stopping import Silence, end_with, ended_early, renamed

CHAT = {
    "object": "chat.completion",
    "choices": [{"finish_reason": "tool_calls", "message": {"tool_calls": [{"arguments": '{"a": 1}'}]}}],
}
RESPONSE = {"object": "response", "status": "completed", "output": [{"content": [{"text": "Hi"}]}]}


@pytest.mark.parametrize(
    ("said", "ended"),
    [
        ({"choices": [{"finish_reason": "stop"}]}, {"choices": [{"finish_reason": "no"}]}),
        ({"delta": {"stop_reason": "end_turn"}}, {"delta": {"stop_reason": "no"}}),
        ({"candidates": [{"finishReason": "STOP"}]}, {"candidates": [{"finishReason": "no"}]}),
        ({"choices": [{"finish_reason": None}]}, None),
        ({"choices": "none"}, None),
    ],
)
def test_the_word_stands_where_the_end_is_told(said: Json, ended: Any) -> None:
    before = json.loads(json.dumps(said))
    assert end_with(said, "no") is (ended is not None)
    assert said == (ended or before)


def test_the_end_of_a_response_is_an_event_of_another_name() -> None:
    said: Json = {"type": "response.completed", "response": {"status": "completed"}}
    assert end_with(said, "content_filter")
    assert said["type"] == "response.incomplete"
    assert said["response"]["incomplete_details"] == {"reason": "content_filter"}
    assert renamed(b"event: response.completed\ndata: ", said) == b"event: response.incomplete\ndata: "


def test_a_whole_answer_keeps_no_text() -> None:
    chat = json.loads(ended_early(json.dumps(CHAT).encode(), SPOTS["openai_chat"]))
    assert chat["choices"][0] == {"finish_reason": "content_filter", "message": {}}
    response = json.loads(ended_early(json.dumps(RESPONSE).encode(), SPOTS["openai_responses"]))
    assert (response["status"], response["output"]) == ("incomplete", [{"content": [{"text": ""}]}])


@pytest.mark.parametrize(
    ("before", "after"), [(b'"new"', b"-Infinity"), (b'"new"', b'"\\ud83d"'), (b"new", b"\xff")]
)
def test_an_answer_that_is_no_strict_json_is_ended_too(before: bytes, after: bytes) -> None:
    body = json.dumps({**CHAT, "x": "new"}).encode()
    chat = json.loads(ended_early(body.replace(before, after), SPOTS["openai_chat"]))
    assert chat["choices"][0]["finish_reason"] == "content_filter"


GEMINI = {"functionCall": {"name": "f", "args": {"amount": 100}}}
CALL = {"type": "function_call", "name": "f", "arguments": "{}"}


@pytest.mark.parametrize(
    ("event", "left"),
    [
        (
            {"candidates": [{"content": {"parts": [GEMINI, {"text": "a"}]}}]},
            {"candidates": [{"content": {"parts": [{"text": ""}]}}]},
        ),
        ({"message": {"tool_calls": [CALL]}, "done": False}, {"message": {}, "done": False}),
        (
            {"type": "response.completed", "response": {"output": [CALL, {"type": "message"}]}},
            {"type": "response.completed", "response": {"output": [{"type": "message"}]}},
        ),
        ({"choices": [{"logprobs": {"bytes": [65]}}]}, {"choices": [{"logprobs": None}]}),
        ({"delta": "a", "logprobs": []}, {"delta": "", "logprobs": []}),
        ({"type": "a word", "id": "call_1"}, {"type": "", "id": "call_1"}),
        ({"type": "response.output_item.done", "output_index": 0, "item": CALL}, None),
        ({"type": "response.function_call_arguments.done", "output_index": 0, "arguments": "{}"}, None),
        ({"contentBlockIndex": 0, "delta": {"toolUse": {"input": "{"}}}, None),
        ({"type": "tool-call-delta", "index": 0, "delta": {"message": {"tool_calls": {"id": "a"}}}}, None),
    ],
    ids=str,
)
def test_a_stopped_stream_says_and_calls_nothing_more(event: Json, left: Json | None) -> None:
    assert Silence().event(event) is (left is not None)
    assert left is None or event == left


@pytest.mark.parametrize(
    ("begins", "goes_on"),
    [
        (
            {"type": "content_block_start", "index": 1, "content_block": {}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta"}},
        ),
        (
            {"type": "response.output_item.added", "output_index": 1, "item": {}},
            {"type": "response.content_part.added", "output_index": 1, "part": {}},
        ),
        (
            {"contentBlockIndex": 1, "start": {"toolUse": {}}},
            {"contentBlockIndex": 1, "delta": {"text": ""}},
        ),
        ({"type": "content-start", "index": 1}, {"type": "content-end", "index": 1}),
    ],
    ids=str,
)
def test_parts_that_begin_when_it_was_stopped_are_not_told_of(begins: Json, goes_on: Json) -> None:
    stopped, earlier = Silence(), Silence()
    assert earlier.event(dict(goes_on))
    assert not stopped.event(begins)
    assert not stopped.event(goes_on)
