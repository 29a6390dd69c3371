"""Whatever is said to be plain reads as one text that stopped; what a reader knows beside it is looked at."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.conversation import Text
from dialects.openai import chat_events, chat_plain
from dialects.openai.chat_answer import read_answer
from dialects.openai.chat_plain import is_plain

USUAL: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello", "refusal": None, "annotations": []},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8},
}
ODD = st.sampled_from(
    [None, "", "x", "stop", "length", "error", "content_filter", "tool_calls", 0, 1, True, [], [{}], {}]
    + [{"id": "c", "function": {"name": "f", "arguments": "{}"}}, [{"id": "c", "function": {"name": "f"}}]]
    + [{"content": "x"}, {"content": None, "refusal": "no"}, [{"type": "text", "text": ""}]]
)
NAMES = [
    *(("choices", 0, "message", name) for name in chat_events.Said.__struct_fields__),
    *(("choices", 0, name) for name in chat_events.Choice.__struct_fields__),
    *((name,) for name in chat_events.Event.__struct_fields__),
]


def test_what_most_answers_look_like_is_plain() -> None:
    assert is_plain(msgspec.json.encode(USUAL))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("choices", 0, "finish_reason"), "length"),
        (("choices", 0, "finish_reason"), None),
        (("choices", 0, "message", "content"), ""),
        (("choices", 0, "message", "refusal"), "no"),
        (("choices", 0, "message", "tool_calls"), [{"id": "c", "function": {"name": "f"}}]),
        (("choices",), []),
        (("choices",), USUAL["choices"] * 2),
        (("error",), {"message": "overloaded"}),
    ],
)
def test_what_is_not_quite_so_is_left_to_the_reader(place: tuple[Any, ...], value: object) -> None:
    assert not is_plain(msgspec.json.encode(changed(USUAL, place, value)))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"choices": null}', b"[" * 100_000])
def test_what_is_no_answer_is_not(body: bytes) -> None:
    assert not is_plain(body)


@given(st.lists(st.tuples(st.sampled_from(NAMES), ODD), max_size=3), st.integers(0, 600))
def test_what_is_plain_reads_as_one_text_that_stopped(
    changes: list[tuple[tuple[Any, ...], object]], cut: int
) -> None:
    found: Any = USUAL
    for place, value in changes:
        found = changed(found, place, value)
    body = msgspec.json.encode(found)
    for data in (body, body[:cut]):
        if is_plain(data):
            (choice,) = read_answer(data).choices
            assert choice.finish.reason in ("stop", "stop_sequence")
            (part,) = choice.parts
            assert isinstance(part, Text)
            assert part.text


def test_nothing_that_a_reader_knows_is_overlooked() -> None:
    message, choice = chat_plain._Message, chat_plain._Choice
    assert set(message.__struct_fields__) == set(chat_events.Said.__struct_fields__)
    assert set(choice.__struct_fields__) == set(chat_events.Choice.__struct_fields__)
    known = {"choices", "error"} | {"id", "model", "created", "usage", "service_tier", "object", "type"}
    assert set(chat_events.Event.__struct_fields__) == known | {"x_groq", "citations"}  # none ends an answer


def changed(found: Any, place: tuple[Any, ...], value: object) -> Any:
    """A copy in which something else stands in a place, where there is such a place."""
    if not place:
        return value
    name, *rest = place
    if isinstance(found, dict):
        return found | {name: changed(found.get(name), tuple(rest), value)}
    if isinstance(found, list) and isinstance(name, int) and name < len(found):
        return [*found[:name], changed(found[name], tuple(rest), value), *found[name + 1 :]]
    return found
