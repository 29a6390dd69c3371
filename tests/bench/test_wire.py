"""The fixed bodies: sizes, shapes, and numbers that differ."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import wire


@given(chunks=st.integers(1, 10**6), interval=st.integers(0, 10**5))
def test_a_shape_survives_the_model_name_it_travels_in(chunks: int, interval: int) -> None:
    shape = wire.Shape(chunks, interval)
    assert wire.Shape.of(shape.model) == shape


@pytest.mark.parametrize("model", ["fast", "gpt-4o-mini", "fast-50x", "fast-x2ms", ""])
def test_a_name_without_a_shape_asks_for_the_default(model: str) -> None:
    assert wire.Shape.of(model) == wire.Shape(50, 0)


@given(size=st.integers(0, 200_000))
def test_a_request_is_as_long_as_asked_and_at_most_a_sentence_longer(size: int) -> None:
    body = wire.request("fast", size)
    assert size <= len(body) <= max(size, 400) + 100
    assert orjson.loads(body)["model"] == "fast"


def test_a_streamed_request_asks_for_its_usage() -> None:
    asked = orjson.loads(wire.request("fast", 1024, stream=True))
    assert (asked["stream"], asked["stream_options"]) == (True, {"include_usage": True})


@given(number=st.integers(0, 10**10 - 1))
def test_a_number_is_known_again_however_the_body_is_written(number: int) -> None:
    body = wire.request("fast", 1024, number=number)
    assert wire.number_of(body) == number
    assert wire.number_of(json.dumps(json.loads(body), indent=1).encode()) == number
    assert wire.number_of(b'{"model": "fast"}') == -1


def test_the_number_is_the_only_thing_between_before_and_after() -> None:
    body = wire.request("fast", 1024)
    before, after = wire.around_number(body)
    assert before + b"0000000000" + after == body
    assert orjson.loads(before + b"0000000042" + after)["messages"][1]["content"].startswith("0000000042 ")


def test_the_whole_answer_is_about_six_hundred_bytes_with_usage() -> None:
    assert 500 <= len(wire.answer()) <= 700
    assert orjson.loads(wire.answer())["usage"]["total_tokens"] == 262


@pytest.mark.parametrize(("usage", "more"), [(False, 3), (True, 4)], ids=["plain", "with usage"])
def test_a_stream_is_role_content_finish_usage_end(usage: bool, more: int) -> None:
    events = wire.events(5, usage=usage)
    chunks = [orjson.loads(event.removeprefix(b"data: ")) for event in events[:-1]]
    assert len(events) == 5 + more
    assert events[-1] == b"data: [DONE]\n\n"
    assert [len(chunk["choices"]) for chunk in chunks] == [1] * 7 + [0] * usage
    assert all(("usage" in chunk) is usage for chunk in chunks)


def test_a_content_event_is_as_long_as_a_vendors() -> None:
    assert 180 <= len(wire.events(1, usage=False)[1]) <= 280
