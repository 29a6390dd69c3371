"""What Ollama's answers tell besides the words."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import Answer, Choice, Finish, Reason
from dialects.conversation import Text, Thinking, ToolCall
from dialects.dialect import Reply
from dialects.ollama.answer import (
    prefix_of,
    read_answer,
    read_counts,
    read_finish,
    read_logprobs,
    read_time,
    write_answer,
    write_reason,
    write_time,
)
from dialects.usage import Usage

REPLY = Reply("r1", 1_700_000_000, "m")
ANSWER = {
    "model": "m",
    "created_at": "2023-11-14T22:13:20Z",
    "message": {
        "role": "assistant",
        "content": "a",
        "thinking": "hm",
        "tool_calls": [{"function": {"name": "f", "arguments": {}}}],
        "x": 1,
    },
    "done": True,
    "done_reason": "stop",
    "total_duration": 5,
    "prompt_eval_count": 9,
    "eval_count": 3,
    "logprobs": [{"token": "a", "logprob": -0.5}],
    "y": 2,
}


def test_everything_in_an_answer_is_read() -> None:
    parts = (Thinking("hm"), Text("a"), ToolCall("call_20231114221320_0", "f", "{}"))
    choice = Choice(parts, Finish("tool_calls"), logprobs=({"token": "a", "logprob": -0.5},), extra={"x": 1})
    assert read_answer(msgspec.json.encode(ANSWER), "ollama_chat") == Answer(
        "ollama_chat", (choice,), "", "m", 1_700_000_000, Usage(9, 3), extra={"total_duration": 5, "y": 2}
    )


def test_an_answer_is_written_with_everything_in_it() -> None:
    written = write_answer(read_answer(msgspec.json.encode(ANSWER), "ollama_chat"), REPLY, "ollama_chat")
    (call,) = written["message"].pop("tool_calls")
    assert call == {"id": "call_20231114221320_0", "function": {"name": "f", "arguments": {}}}
    message = {"role": "assistant", "content": "a", "thinking": "hm", "x": 1}
    unknown = {"load_duration": 0, "prompt_eval_duration": 0, "eval_duration": 0}
    assert written == ANSWER | {"message": message} | unknown


def test_what_is_another_formats_own_is_not_written() -> None:
    choice = Choice((Text("a"),), Finish("stop"), extra={"x": 1})
    written = write_answer(Answer("other", (choice,), extra={"y": 2}), REPLY, "ollama_chat")
    assert written["message"] == {"role": "assistant", "content": "a"}
    assert "y" not in written
    assert (written["model"], written["created_at"]) == ("m", "2023-11-14T22:13:20Z")


@pytest.mark.parametrize(
    ("word", "calls", "reason"),
    [
        ("stop", False, "stop"),
        ("stop", True, "tool_calls"),
        ("length", True, "length"),
        ("load", False, "stop"),
        (None, False, "stop"),
        (7, False, "stop"),
    ],
)
def test_a_reason_is_read(word: Any, calls: bool, reason: Reason) -> None:
    assert read_finish(word, calls).reason == reason


@pytest.mark.parametrize(
    ("reason", "word"), [("tool_calls", "stop"), ("context_window", "length"), ("refusal", "stop")]
)
def test_a_reason_is_one_of_two_words(reason: Reason, word: str) -> None:
    assert write_reason(reason) == word


@pytest.mark.parametrize(
    ("read", "said", "usage"),
    [
        (9, 3, Usage(9, 3)),
        (None, 3, Usage(0, 3)),
        (None, None, None),
        (-1, "x", None),
        (1e300, True, Usage(10**12)),
    ],
    ids=str,
)
def test_counts_are_read_as_far_as_they_are_sane(read: Any, said: Any, usage: Usage | None) -> None:
    assert read_counts(read, said) == usage


@given(st.integers(0, 2**33))
def test_a_time_is_the_same_after_the_way_through_text(created: int) -> None:
    assert read_time(write_time(created)) == created


@pytest.mark.parametrize(
    ("text", "created"),
    [
        ("2023-11-14T22:13:20.385406455Z", 1_700_000_000),
        ("2023-11-14T14:13:20-08:00", 1_700_000_000),
        ("2023-11-14T22:13:20", 1_700_000_000),
        ("0001-01-01T00:00:00Z", 0),
        ("soon", 0),
        (7, 0),
    ],
)
def test_a_time_is_read_as_it_is_written_elsewhere(text: Any, created: int) -> None:
    assert read_time(text) == created


def test_a_time_beyond_all_years_is_none() -> None:
    assert write_time(10**15) == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("created_at", "prefix"),
    [("2023-11-14T22:13:20.5Z", "call_202311142213205_"), ("soon", "call_"), (None, "call_"), ("٣", "call_")],
)
def test_ids_begin_with_the_time_of_their_answer(created_at: Any, prefix: str) -> None:
    assert prefix_of(created_at) == prefix


@pytest.mark.parametrize("odd", [None, 7, [7], {}], ids=str)
def test_odd_logprobs_say_nothing(odd: Any) -> None:
    assert read_logprobs(odd) == ()
