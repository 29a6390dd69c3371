"""What OpenAI's SDKs do not take is put right where bytes pass, and nothing else is touched."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.openai.chat import OpenAIChat
from dialects.openai.mending import Mending, Numbers, mended
from tests.dialects.streams import DONE, delta, read

THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
TEXT = {"type": "text", "text": "4"}
ODD: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("texts", {"content": [TEXT, "2"]}, {"content": "42"}),
    ("thoughts", {"content": [THOUGHT]}, {"content": None, "reasoning_content": "hm"}),
    ("both", {"content": [THOUGHT, TEXT]}, {"content": "4", "reasoning_content": "hm"}),
    ("nothing", {"content": []}, {"content": ""}),
    (
        "arguments that are an object",
        {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": {"x": 1}}}]},
        {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": '{"x":1}'}}]},
    ),
    (
        "one call that is no list",
        {"tool_calls": {"index": 0, "id": "a", "function": {"name": "f"}}},
        {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f"}}]},
    ),
]
WELL: list[dict[str, Any]] = [
    {"content": "a"},
    {"content": None, "tool_calls": None},
    {"tool_calls": [{"index": 3, "id": "a", "function": {"name": "f", "arguments": ""}}]},
    {"content": [{"type": "reference", "reference_ids": [1]}, TEXT]},  # what nobody can say otherwise
]


def whole(said: dict[str, Any]) -> bytes:
    return json.dumps({"choices": [{"index": 0, "message": said, "finish_reason": "stop"}]}).encode()


@pytest.mark.parametrize(("said", "right"), [each[1:] for each in ODD], ids=[each[0] for each in ODD])
def test_a_message_is_put_right_whole_and_streamed(said: dict[str, Any], right: dict[str, Any]) -> None:
    known = OpenAIChat().peek_answer(whole(said))
    assert known.instead is not None and json.loads(known.instead) == json.loads(whole(right))
    stream = read(delta(content="a"), delta(**said), delta(content="b"), DONE)
    events = [json.loads(event[6:]) for event in stream.passed.split(b"\n\n")[:-2]]
    assert [event["choices"][0]["delta"] for event in events] == [{"content": "a"}, right, {"content": "b"}]
    assert stream.text_length >= 2


@pytest.mark.parametrize("said", WELL)
def test_nothing_else_is_touched(said: dict[str, Any]) -> None:
    assert mended(whole(said)) is None
    assert OpenAIChat().peek_answer(whole(said)).instead is None
    assert read(delta(**said), DONE).passed == delta(**said) + DONE


def test_calls_without_a_number_get_one_each() -> None:
    fragments = [{"id": "a", "function": {"name": "f"}}, {"function": {"arguments": "{}"}}]
    fragments += [{"id": "b", "function": {"name": "g"}}, {"index": "0", "function": {"arguments": "x"}}]
    stream = read(*(delta(tool_calls=[each]) for each in fragments), DONE)
    events = [json.loads(event[6:]) for event in stream.passed.split(b"\n\n")[:-2]]
    assert [event["choices"][0]["delta"]["tool_calls"][0]["index"] for event in events[:3]] == [0, 0, 1]


def test_a_whole_call_without_an_id_gets_one() -> None:
    call = {"type": "function", "function": {"name": "f", "arguments": "{}"}}
    known = OpenAIChat().peek_answer(whole({"tool_calls": [call, call]}))
    found = json.loads(known.instead or b"")["choices"][0]["message"]["tool_calls"]
    assert [each["id"] for each in found] == ["call_0", "call_1"]


def test_halves_of_characters_stay_for_who_joins_them() -> None:
    event = b'data: {"choices":[{"delta":{"content":["\\ud83d"]}}]}\n\n'
    assert b'"content":"\\ud83d"' in read(event, DONE).passed


@given(st.lists(st.tuples(st.none() | st.integers(0, 3), st.sampled_from(["", "a", "b"]), st.booleans())))
def test_numbers_are_used_one_after_another(fragments: list[tuple[int | None, str, bool]]) -> None:
    numbers = Numbers()
    seen = [numbers.of(index, id or None, named=named) for index, id, named in fragments]
    first = list(dict.fromkeys(seen))
    assert first == list(range(len(first)))


@given(st.binary(max_size=40) | st.just(b"[" * 10_000))
def test_no_bytes_break_it(data: bytes) -> None:
    assert Mending().event(data) is None
    assert mended(data) is None
