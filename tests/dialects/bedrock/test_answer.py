"""Whole answers as Bedrock writes them, read and written."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given

from dialects.answer import Answer, Choice, Finish, Reason
from dialects.bedrock.answer import read_answer, read_finish, text_length, write_answer, write_finish
from dialects.conversation import Refusal, Text, Thinking, ToolCall
from dialects.errors import Malformed
from dialects.usage import Usage
from tests.dialects.bedrock_aws import parsed_answer
from tests.dialects.bedrock_values import json_values

WHOLE: dict[str, Any] = {
    "output": {
        "message": {
            "role": "assistant",
            "content": [
                {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}},
                {"text": "Hello"},
                {"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}},
            ],
        }
    },
    "stopReason": "tool_use",
    "usage": {
        "inputTokens": 9,
        "outputTokens": 3,
        "totalTokens": 18,
        "cacheReadInputTokens": 4,
        "cacheWriteInputTokens": 2,
    },
    "metrics": {"latencyMs": 400},
    "serviceTier": {"type": "flex"},
    "trace": {"promptRouter": {"invokedModelId": "x"}},
}


def said(text: str, **more: Any) -> bytes:
    message = {"role": "assistant", "content": [{"text": text}]}
    return json.dumps({"output": {"message": message}, "stopReason": "end_turn"} | more).encode()


def test_a_whole_answer_is_read() -> None:
    assert read_answer(json.dumps(WHOLE).encode()) == Answer(
        "bedrock_converse",
        (
            Choice(
                (Thinking("hm", "s", "anthropic"), Text("Hello"), ToolCall("t", "f", '{"a":1}')),
                Finish("tool_calls"),
            ),
        ),
        usage=Usage(15, 3, cached_read=4, cache_write=2),
        service_tier="flex",
        extra={"metrics": {"latencyMs": 400}, "trace": {"promptRouter": {"invokedModelId": "x"}}},
    )


def test_an_answer_of_its_own_is_written_as_it_was() -> None:
    assert json.loads(write_answer(read_answer(json.dumps(WHOLE).encode()))) == WHOLE


KNOWN: dict[Any, Reason] = {
    "end_turn": "stop",
    "stop_sequence": "stop_sequence",
    "max_tokens": "length",
    "model_context_window_exceeded": "context_window",
    "tool_use": "tool_calls",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
    "malformed_model_output": "error",
    "malformed_tool_use": "error",
}
UNKNOWN = [("from_tomorrow", "stop"), (None, "stop"), (("x",), "stop")]


@pytest.mark.parametrize(("word", "reason"), [*KNOWN.items(), *UNKNOWN])
def test_every_stop_reason_is_read(word: Any, reason: Reason) -> None:
    assert read_finish(word, None) == Finish(reason, sure=word in KNOWN)


def test_every_finish_is_a_stop_reason_that_amazon_knows() -> None:
    for reason in get_args(Reason):
        word = write_finish(Finish(reason))
        assert read_finish(word, None).reason in {reason, "stop", "content_filter"}


def test_the_stop_string_is_told_where_the_caller_asked_for_it() -> None:
    body = said("a", stopReason="stop_sequence", additionalModelResponseFields={"stop_sequence": "X"})
    answer = read_answer(body)
    assert answer.choices[0].finish == Finish("stop_sequence", "X")
    assert parsed_answer(write_answer(answer))["additionalModelResponseFields"] == {"stop_sequence": "X"}


def test_an_answer_cut_inside_a_surrogate_pair_is_read() -> None:
    body = said("x").replace(b'"x"', b'"hi \\ud83d"')
    assert read_answer(body).choices[0].parts == (Text("hi ?"),)


def test_amazons_sdk_finds_counts_even_where_nobody_counted() -> None:
    found = parsed_answer(write_answer(Answer("x", (Choice((Text("a"),), Finish("stop")),))))
    assert (found["usage"]["inputTokens"], found["metrics"]["latencyMs"]) == (0, 0)


def test_an_answer_without_choices_is_empty() -> None:
    assert parsed_answer(write_answer(Answer("x", ())))["output"]["message"]["content"] == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"output":{}}', b'{"output":{"message":[]}}', b"\xff"])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_answer(body)


@given(json_values)
def test_members_of_any_values_do_not_spoil_an_answer(value: object) -> None:
    body = said("a", stopReason=value, usage=value, serviceTier=value, additionalModelResponseFields=value)
    assert read_answer(body).choices[0].parts == (Text("a"),)


def test_all_that_the_model_wrote_is_measured() -> None:
    assert text_length((Text("ab"), Thinking("c"), Refusal("d"), ToolCall("t", "f", "{}"))) == 6
