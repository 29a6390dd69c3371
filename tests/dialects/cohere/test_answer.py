"""Cohere's whole answers: usage, reasons, logprobs, what nobody knows."""

from typing import Any

import msgspec
import pytest

from dialects.answer import Answer, Choice, Counted, Finish, Reason
from dialects.cohere.answer import (
    read_answer,
    read_finish,
    read_logprobs,
    read_tokens,
    write_answer,
    write_reason,
)
from dialects.conversation import Citation, Text, Thinking, ToolCall
from dialects.dialect import Reply
from dialects.usage import Usage

REPLY = Reply("r1", 1_700_000_000, "m")
ANSWER = {
    "id": "x",
    "finish_reason": "COMPLETE",
    "message": {
        "role": "assistant",
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "The sky."}],
        "citations": [
            {"start": 4, "end": 7, "text": "sky", "sources": [], "content_index": 1, "type": "TEXT_CONTENT"}
        ],
    },
    "usage": {
        "billed_units": {"input_tokens": 5.0},
        "tokens": {"input_tokens": 70.0, "output_tokens": 4.0},
        "cached_tokens": 3,
    },
    "logprobs": [{"text": "The sky.", "token_ids": [1, 2], "logprobs": [-0.5, -0.25]}],
    "warnings": ["w"],
}


def test_everything_in_an_answer_is_read() -> None:
    citation = Citation(start=4, end=7, native=ANSWER["message"]["citations"][0])  # type: ignore[index]
    logprob = {"token": "The sky.", "logprob": -0.75, "bytes": list(b"The sky."), "top_logprobs": []}
    choice = Choice((Thinking("hm"), Text("The sky.", (citation,))), Finish("stop"), logprobs=(logprob,))
    assert read_answer(msgspec.json.encode(ANSWER)) == Answer(
        *("cohere_chat", (choice,), "x"),
        usage=Usage(70, 4, 3),
        billed=Usage(5, 4, 3),
        extra={"warnings": ["w"]},
    )


def test_an_answer_is_written_with_everything_in_it() -> None:
    written = msgspec.json.decode(write_answer(read_answer(msgspec.json.encode(ANSWER)), REPLY))
    assert written == ANSWER | {
        "usage": {
            "billed_units": {"input_tokens": 5, "output_tokens": 4},
            "tokens": {"input_tokens": 70, "output_tokens": 4},
            "cached_tokens": 3,
        },
        "logprobs": [{"text": "The sky.", "token_ids": [], "logprobs": [-0.75]}],
    }


def test_what_is_another_formats_own_is_not_written() -> None:
    choice = Choice((ToolCall("c", "f"),), Finish("tool_calls"), extra={"x": 1})
    written = msgspec.json.decode(write_answer(Answer("other", (choice,), extra={"y": 2}), REPLY))
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    assert written == {
        "id": "r1",
        "finish_reason": "TOOL_CALL",
        "message": {"role": "assistant", "tool_calls": [call]},
    }


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("COMPLETE", "stop"),
        ("STOP_SEQUENCE", "stop_sequence"),
        ("MAX_TOKENS", "length"),
        ("TOOL_CALL", "tool_calls"),
        ("ERROR", "error"),
    ],
)
def test_a_reason_has_a_word_both_ways(word: str, reason: Reason) -> None:
    assert (read_finish(word).reason, write_reason(reason)) == (reason, word)


@pytest.mark.parametrize(
    ("word", "reason"), [("TIMEOUT", "error"), ("NEW", "stop"), (None, "stop"), (7, "stop")]
)
def test_a_word_nobody_says_back_is_read(word: Any, reason: Reason) -> None:
    assert read_finish(word).reason == reason


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("content_filter", "ERROR"),
        ("refusal", "COMPLETE"),
        ("pause", "COMPLETE"),
        ("context_window", "MAX_TOKENS"),
    ],
)
def test_a_reason_without_a_word_of_its_own_looks_no_better_than_it_is(reason: Reason, word: str) -> None:
    assert write_reason(reason) == word


@pytest.mark.parametrize(
    ("found", "counted"),
    [
        (
            {"tokens": {"input_tokens": 9, "output_tokens": 2}, "billed_units": {"input_tokens": 1}},
            Counted(Usage(9, 2), Usage(1, 2)),
        ),
        ({"tokens": {"input_tokens": 9}, "billed_units": None}, Counted(Usage(9))),
        ({"billed_units": {"input_tokens": 1.0, "output_tokens": 2.0}}, Counted(Usage(1, 2))),
        ({"tokens": {"input_tokens": -5, "output_tokens": "x"}, "cached_tokens": 10}, None),
        ({"billed_units": {}, "tokens": {}}, None),
        ({"tokens": {"input_tokens": 9}, "billed_units": {"input_tokens": 0}}, Counted(Usage(9), Usage())),
        ({"tokens": {"input_tokens": 1e300}}, Counted(Usage(10**12))),
        ({"tokens": 7}, None),
        ([], None),
        (None, None),
    ],
    ids=str,
)
def test_counts_are_read_as_far_as_they_are_sane(found: Any, counted: Counted | None) -> None:
    assert read_tokens(found) == counted


@pytest.mark.parametrize("odd", [None, 7, "x", [7], [{"text": 7}]], ids=str)
def test_odd_logprobs_say_nothing(odd: Any) -> None:
    assert read_logprobs(odd) == ()
