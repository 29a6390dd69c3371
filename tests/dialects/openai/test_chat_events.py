"""What answers consist of, read as far as their types go."""

from typing import Any

import pytest

from dialects.openai.chat_events import (
    Call,
    Choice,
    Event,
    Function,
    Groq,
    Said,
    decode,
    event_of,
    read_object,
)
from dialects.openai.usage import UsageWire


def test_an_ordinary_event_reads_the_same_in_both_ways() -> None:
    data = b'{"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}],"usage":null}'
    found = read_object(data)
    assert found is not None
    assert event_of(found) == decode(data) == Event("c", choices=[Choice(0, Said("a"))])


@pytest.mark.parametrize(
    ("found", "event"),
    [
        ({"id": 7, "model": "m"}, Event(model="m")),
        ({"choices": 7}, Event()),
        ({"choices": {"text": "a"}}, Event(choices=[Choice(text="a")])),
        ({"choices": [7]}, Event(choices=[Choice()])),
        ({"choices": [{"delta": 7, "text": "a"}]}, Event(choices=[Choice(text="a")])),
        ({"choices": [{"delta": {"content": "a", "refusal": 7}}]}, Event(choices=[Choice(delta=Said("a"))])),
        (
            {"choices": [{"message": {"tool_calls": [{"id": 7, "function": {"name": "f"}}]}}]},
            Event(choices=[Choice(message=Said(tool_calls=[Call(function=Function("f"))]))]),
        ),
        (
            {"choices": [{"delta": {"tool_calls": {"function": {"name": "f"}}}}]},
            Event(choices=[Choice(delta=Said(tool_calls=[Call(function=Function("f"))]))]),
        ),
        ({"usage": {"prompt_tokens": "3"}}, Event(usage=UsageWire(3))),
        ({"x_groq": {"usage": 7, "error": "e"}}, Event(x_groq=Groq(None, "e"))),
        ({"x_groq": 7}, Event()),
    ],
)
def test_what_is_of_another_type_is_left_out(found: dict[str, Any], event: Event) -> None:
    assert event_of(found) == event


def test_halves_of_pairs_stay_only_where_they_can_be_joined() -> None:
    assert read_object(
        b'{"content":"\\ud83d","id":"\\uD83D","x":["\\ud83d"],"\\ud83d":{"text":["\\ud83d"]}}'
    ) == {
        "content": "\ud83d",
        "id": "?",
        "x": ["?"],
        "?": {"text": ["?"]},
    }


@pytest.mark.parametrize("data", [b"", b"[]", b"7", b"{", b'{"a":"\\ud83d",' + b'"a":[' * 300, b"[" * 5000])
def test_what_is_no_object_is_none(data: bytes) -> None:
    assert read_object(data) is None
