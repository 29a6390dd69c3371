"""A stream says the same however the network cut it, and never ends better than its vendor said."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects.openai.stream import MAX_EVENT_BYTES, OpenAIStream
from dialects.usage import Usage
from tests.dialects.streams import DONE, chunk, cut, delta, event, read, usage

CUTS = st.lists(st.integers(0, 2000), max_size=12)
HIDE = st.booleans()
COUNTS = (
    st.none() | st.integers(-5, 10**30) | st.floats() | st.booleans() | st.text("0123456789.-e", max_size=9)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["choices", "delta", "index", "finish_reason", "content", "tool_calls", "function", "arguments", "usage"]
    + [
        "prompt_tokens",
        "prompt_tokens_details",
        "cached_tokens",
        "x_groq",
        "error",
        "message",
        "text",
        "object",
    ]
)
# Objects with the names that the reader knows in places where they should not be.
SHAPED = st.recursive(
    JSON | COUNTS | st.sampled_from([[], {}, "stop", "error", 0]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=10,
)

# What a vendor may send: each part with whether a caller who did not ask for usage gets it.
PARTS: list[tuple[bytes, bool]] = [
    (chunk("Hi"), True),
    (chunk("é🎉", usage=usage(9, 1)), True),
    (delta(role="assistant", content=""), True),
    (delta(reasoning_content="hm"), True),
    (delta(tool_calls=[{"index": 0, "function": {"name": "f", "arguments": '{"a"'}}]), True),
    (chunk("two", index=1), True),
    (chunk(finish="stop"), True),
    (chunk(finish="length", index=1), True),
    (event(choices=[], usage=usage(9, 4)), False),
    (event(choices=[], prompt_filter_results=[]), False),
    (event(choices=[], usage={"prompt_tokens": 9.0, "completion_tokens": "4"}), False),
    (b": keep-alive\n\n", True),
    (b"event: message\nid: 7\ndata:" + chunk("x")[6:], True),
    (b'data: {"choices":[{"index":0,\ndata: "delta":{"content":"lines"}}]}\n\n', True),
    (b"\n", True),
    (DONE, True),
]


def answered(parts: list[tuple[bytes, bool]]) -> list[tuple[bytes, bool]]:
    """The same without the ends before which no choice came: such a stream is no answer."""
    first = next((place for place, (wire, _) in enumerate(parts) if b'"delta"' in wire), len(parts))
    return [part for place, part in enumerate(parts) if place > first or part[0] != DONE]


STREAMS = st.lists(st.sampled_from(PARTS), max_size=10).map(answered)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


def until_done(parts: list[tuple[bytes, bool]]) -> list[tuple[bytes, bool]]:
    """What of these is part of the answer: nothing behind the first `[DONE]`, nor a `[DONE]` alone."""
    wires = [part for part, _ in parts]
    if DONE not in wires:
        return parts
    end = wires.index(DONE)
    return parts[: end + any(b'"index":' in wire for wire in wires[:end])]


BROKEN = [b"data: {\n\n", b"data: [1]\n\n", b"data: oh\n\n", b'event: error\ndata: {"x":1}\n\n']


@given(STREAMS, CUTS, HIDE, ENDS, st.sampled_from([b"", *BROKEN]))
def test_a_reading_does_not_depend_on_where_the_network_cuts(
    parts: list[tuple[bytes, bool]], places: list[int], hide: bool, end: bytes, broken: bytes
) -> None:
    wire = (b"".join(part for part, _ in parts) + broken).replace(b"\n", end)
    whole = read(wire, hide_usage=hide)
    assert read(*cut(wire, places), hide_usage=hide) == whole
    assert read(*(wire[place : place + 1] for place in range(len(wire))), hide_usage=hide) == whole


@given(STREAMS, CUTS, ENDS)
def test_all_bytes_pass_to_a_caller_who_asked_for_usage(
    parts: list[tuple[bytes, bool]], places: list[int], end: bytes
) -> None:
    sent, wire = (
        b"".join(part for part, _ in those).replace(b"\n", end) for those in (parts, until_done(parts))
    )
    passed = read(*cut(sent, places)).passed
    assert passed.startswith(wire)
    # A CR at the very end might have been half of a line end: the last event is ended once more.
    assert passed[len(wire) :].lstrip(b"\n") in (b"", DONE)


@given(STREAMS, CUTS)
def test_only_events_without_choices_are_hidden(parts: list[tuple[bytes, bool]], places: list[int]) -> None:
    wire = b"".join(part for part, _ in parts)
    # A blank line belongs to the event after it, and is hidden with it.
    shown = b"".join(part for part, passes in until_done(parts) if passes).replace(b"\n", b"")
    passed = read(*cut(wire, places), hide_usage=True).passed.replace(b"\n", b"")
    assert passed in (shown, shown + DONE.strip())


@pytest.mark.parametrize(
    "before",
    [b"", b": busy\n\n", event(choices=[], prompt_filter_results=[]), event(choices=[], usage=usage(9, 0))],
)
def test_an_end_before_any_choice_is_no_answer(before: bytes) -> None:
    result = read(before + DONE)
    assert (result.error, result.finished) == ("malformed_event", False)


def test_an_event_with_nothing_in_it_does_not_pass() -> None:
    assert read(chunk("a") + b"data:\n\ndata: \n\n" + chunk("b")).passed == chunk("a") + chunk("b")


@given(STREAMS)
def test_no_stream_ends_better_than_its_vendor_said(parts: list[tuple[bytes, bool]]) -> None:
    wires = [part for part, _ in until_done(parts)]
    wire = b"".join(wires)
    seen = {
        index for index in (0, 1) if b'"index": %d' % index in wire or (not index and b'"index":0' in wire)
    }
    ended = {0} if PARTS[6][0] in wires else set()
    ended |= {1} if PARTS[7][0] in wires else set()
    result = read(b"".join(part for part, _ in parts))
    assert result.finished == (DONE in wires or bool(ended) and ended == seen)
    assert result.passed.count(b"[DONE]") == result.finished
    none = DONE not in wires and any(part == DONE for part, _ in parts)
    assert result.error == ("malformed_event" if none else None)


@given(SHAPED, HIDE)
def test_no_json_breaks_the_reader(found: Any, hide: bool) -> None:
    wire = b"data: " + json.dumps(found).encode() + b"\n\n"
    result = read(chunk("a"), wire, hide_usage=hide)
    if not isinstance(found, dict):
        assert result.error == "malformed_event"
    if result.usage is not None:
        assert_parts_fit(result.usage)


@settings(max_examples=100)
@given(STREAMS, st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=4), CUTS, HIDE)
def test_no_damage_breaks_the_reader_nor_hides_from_it(
    parts: list[tuple[bytes, bool]], hits: list[tuple[int, int]], places: list[int], hide: bool
) -> None:
    wire = bytearray(b"".join(part for part, _ in parts))
    for place, byte in hits:
        if wire:
            wire[place % len(wire)] = byte
    damaged = bytes(wire)
    result = read(*cut(damaged, places), hide_usage=hide)
    assert result == read(damaged, hide_usage=hide)
    if b"[DONE]" not in damaged and b"finish_reason" not in damaged:
        assert not result.finished
        assert b"[DONE]" not in result.passed


@given(STREAMS, st.integers(0, 3000), HIDE)
def test_a_truncated_stream_has_no_end_of_its_own(
    parts: list[tuple[bytes, bool]], size: int, hide: bool
) -> None:
    wire = b"".join(part for part, _ in parts)[:size]
    result = read(wire, hide_usage=hide)
    said = b'"finish_reason": "' in wire or b"data: [DONE]" in wire
    assert said or not result.finished
    assert result.error in (None, "vendor_cut", "malformed_event")


@given(st.lists(COUNTS, min_size=5, max_size=5))
def test_counts_of_any_type_are_read_as_far_as_they_are_numbers(counts: list[Any]) -> None:
    told = dict(zip(("prompt_tokens", "completion_tokens", "total_tokens"), counts[:3], strict=True))
    told["prompt_tokens_details"] = {"cached_tokens": counts[3]}
    told["completion_tokens_details"] = {"reasoning_tokens": counts[4]}
    result = read(event(choices=[], usage=told), hide_usage=True)
    assert result.passed == b"" and not result.started
    if result.usage is not None:
        assert_parts_fit(result.usage)


def assert_parts_fit(found: Usage) -> None:
    assert min(found.input, found.output, found.cached_read, found.cache_write, found.reasoning) >= 0
    assert found.cached_read + found.cache_write <= found.input >= found.input_audio
    assert found.reasoning <= found.output >= found.output_audio


@pytest.mark.parametrize(
    ("wire", "length"),
    [
        pytest.param(delta(content="four"), 4, id="content"),
        pytest.param(delta(content="🎉"), 1, id="characters, not bytes"),
        pytest.param(delta(refusal="no"), 2, id="refusal"),
        pytest.param(delta(reasoning_content="hm", content="x"), 3, id="reasoning and content"),
        pytest.param(delta(reasoning="hm", reasoning_content="hm"), 2, id="the same under two names"),
        pytest.param(
            delta(tool_calls=[{"index": 0, "function": {"name": "f", "arguments": ""}}]), 0, id="tool"
        ),
        pytest.param(delta(function_call={"name": "f", "arguments": "{}"}), 2, id="function"),
        pytest.param(delta(audio={"id": "a", "data": "AAAA"}), 0, id="sound"),
        pytest.param(
            event(choices=[{"index": 0, "text": "legacy", "finish_reason": None}]), 6, id="completions"
        ),
        pytest.param(chunk(finish="stop"), 0, id="an end without content"),
        pytest.param(delta(content={"odd": 1}), 4, id="a shape nobody knows"),
        pytest.param(event(choices=[3]), 4, id="a choice nobody knows"),
    ],
)
def test_an_answer_starts_with_what_it_says(wire: bytes, length: int) -> None:
    result = read(wire)
    assert (result.started, result.text_length) == (True, length)


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(delta(role="assistant", content=""), id="role"),
        pytest.param(delta(role="assistant", content=None), id="llama.cpp's role"),
        pytest.param(event(choices=[], usage=usage(3, 0)), id="usage"),
        pytest.param(event(choices=[], prompt_filter_results=[]), id="Azure's filter"),
        pytest.param(b": OPENROUTER PROCESSING\n\n", id="comment"),
        pytest.param(delta(content="", tool_calls=[], audio=None), id="nothing in many ways"),
        pytest.param(event(id="c", x_groq={"id": "req"}, choices=[]), id="Groq's id"),
    ],
)
def test_what_says_nothing_starts_nothing(wire: bytes) -> None:
    result = read(wire)
    assert (result.started, result.finished, result.text_length) == (False, False, 0)
    assert result.passed == wire


@pytest.mark.parametrize(
    ("wire", "error"),
    [
        pytest.param(event(error={"message": "m", "code": "c"}), "c", id="OpenAI"),
        pytest.param(event(error={"message": "m", "code": 502}, choices=[]), "502", id="OpenRouter's number"),
        pytest.param(event(error="overloaded", error_type="overloaded"), "overloaded", id="a text"),
        pytest.param(event(object="error", message="m", code=400), "400", id="older vLLM"),
        pytest.param(event(type="error", error=None, message="m"), "m", id="typed"),
        pytest.param(b'event: error\ndata: {"message":"m","code":"c"}\n\n', "c", id="a named event"),
        pytest.param(event(x_groq={"error": "stopped"}, choices=[]), "stopped", id="Groq's own"),
        pytest.param(chunk("x", finish="error"), "finish_error", id="as a reason to finish"),
        pytest.param(chunk("", finish="insufficient_system_resource"), "finish_error", id="DeepSeek's end"),
        pytest.param(chunk("", finish="network_error"), "finish_error", id="Z.AI's end"),
        pytest.param(event(choices=7, error={"message": "m"}), "m", id="beside odd choices"),
        pytest.param(b"data: overloaded\n\n", "malformed_event", id="no JSON"),
        pytest.param(b'data: {"choices":[\n\n', "malformed_event", id="half JSON"),
        pytest.param(b'data: {"choices":7,\n\n', "malformed_event", id="half JSON after an odd type"),
        pytest.param(b"data: " + b'{"a":' * 100_000 + b"\n\n", "malformed_event", id="deep"),
    ],
)
def test_an_error_ends_the_stream_and_does_not_pass(wire: bytes, error: str) -> None:
    result = read(chunk("before"), wire + chunk("after", finish="stop") + DONE)
    assert result.error == error
    assert result.passed == chunk("before")
    assert not result.finished


@pytest.mark.parametrize("places", [[], [20]], ids=["in one piece", "cut"])
def test_a_lone_carriage_return_ends_a_line_wherever_it_stands(places: list[int]) -> None:
    wire = b'data: {"choices":[],\r"usage":null}\n\n'
    assert read(*cut(wire, places)).error == "malformed_event"


@pytest.mark.parametrize("hide", [True, False])
def test_what_has_neither_choices_nor_usage_is_not_ours_to_hide(hide: bool) -> None:
    wire = event(id="c1", object="ping")
    result = read(wire, hide_usage=hide)
    assert (result.passed, result.started, result.error) == (wire, False, None)


@pytest.mark.parametrize("nothing", [None, "", {}, False, []], ids=repr)
def test_an_error_that_says_nothing_is_none(nothing: Any) -> None:
    assert read(chunk("a", error=nothing)).error is None


def test_half_an_emoji_is_no_error_and_hides_nothing() -> None:
    first = b'data: {"choices":[{"index":0,"delta":{"content":"\\ud83c"}}]}\n\n'
    second = b'data: {"choices":[{"index":0,"delta":{"content":"\\udf89"},"finish_reason":"stop"}],'
    second += b'"usage":{"prompt_tokens":5,"completion_tokens":2}}\n\n'
    result = read(first, second)
    assert result.passed == first + second + DONE
    assert (result.error, result.finished, result.text_length) == (None, True, 2)
    assert result.usage == Usage(5, 2)


def test_an_answer_of_several_choices_ends_with_its_last() -> None:
    first = [chunk("a"), chunk("b", index=1), chunk(finish="stop", index=1)]
    assert not read(*first).finished
    assert read(*first, chunk(finish="stop")).finished
    assert not read(chunk("a", finish="stop"), chunk("b", index=1)).finished


def test_a_stream_that_only_stops_gets_no_polite_end() -> None:
    assert read(chunk("a")).passed == chunk("a")


def test_an_event_that_the_end_cut_is_a_broken_stream() -> None:
    result = read(chunk("a", finish="stop"), chunk("b")[:-9])
    assert (result.error, result.passed) == ("vendor_cut", chunk("a", finish="stop"))


@pytest.mark.parametrize("missing", [1, 2])
def test_a_last_event_without_its_empty_line_counts(missing: int) -> None:
    wire = chunk("a", finish="stop")
    assert read(wire[:-missing]).passed == wire + DONE


def test_what_is_held_back_is_bounded() -> None:
    reader = OpenAIStream(hide_usage=False)
    assert reader.feed(b"data: {" + b" " * 100) == b""
    assert len(reader.rest) == 107
    assert reader.error is None
    reader.feed(b" " * MAX_EVENT_BYTES)
    assert reader.error is not None and reader.error.code == "malformed_event"
    assert reader.feed(chunk("a")) == b"" == reader.end()
