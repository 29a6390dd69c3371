"""The JSON of an event is found in its bytes and put back, whatever stands around it."""

import pytest

from dialects.bedrock.eventstream import EventStream, decode, encode
from dialects.dialect import Framing
from dialects.framing import JsonLines, ServerSentEvents
from dialects.gemini.framing import JsonArray
from dialects.wrapping import Wrapping

SSE, LINES, ARRAY = ServerSentEvents(), JsonLines(), JsonArray()


@pytest.mark.parametrize(
    ("framing", "event", "payload"),
    [
        (SSE, b'data: {"a":1}\n\n', b'{"a":1}'),
        (SSE, b'event: x\r\ndata:{"a":1}\r\n\r\n', b'{"a":1}'),
        (SSE, b'event: x\rdata: {"a":1}\r\r', b'{"a":1}'),
        (SSE, b": a comment\n\n", b""),
        (LINES, b'{"a":1}\r\n', b'{"a":1}'),
        (LINES, b'"text"\n', b'"text"'),
        (LINES, b"\n", b""),
        (ARRAY, b'[\n{"a":1}', b'{"a":1}'),
        (ARRAY, b"]", b""),
    ],
)
def test_the_parts_of_an_event_are_the_event(framing: Framing, event: bytes, payload: bytes) -> None:
    parts = Wrapping(framing).parted(event)
    assert parts[1] == payload and b"".join(parts) == event


def test_a_frame_is_packed_anew() -> None:
    wrapping = Wrapping(EventStream())
    head, payload, tail = wrapping.parted(encode({":event-type": "x"}, b'{"a":1}'))
    assert payload == b'{"a":1}'
    assert decode(wrapping.joined(head, {"b": 2}, tail)) == ({":event-type": "x"}, b'{"b":2}')


def test_data_in_several_lines_becomes_one() -> None:
    head, payload, tail = Wrapping(SSE).parted(b'id: 1\ndata: {"a":\ndata: 1}\n\n')
    assert (head, payload, tail) == (b"id: 1\ndata: ", b'{"a":\n1}', b"\n\n")


@pytest.mark.parametrize(
    ("framing", "event", "lacks"),
    [
        (SSE, b"data: {}", b"\n\n"),
        (SSE, b"data: {}\n", b"\n"),
        (SSE, b"data: {}\r\r", b""),
        (SSE, b"data: {}\r\n\r", b""),
        (LINES, b"{}", b"\n"),
        (LINES, b"{}\n", b""),
        (ARRAY, b"]", b""),
        (EventStream(), b"x", b""),
    ],
)
def test_the_end_that_an_event_lacks(framing: Framing, event: bytes, lacks: bytes) -> None:
    assert Wrapping(framing).missing(event) == lacks


def test_one_event_more_of_an_array_follows_a_comma() -> None:
    assert Wrapping(ARRAY).another(b"[", {"a": 1}, b"") == b',{"a":1}'


@pytest.mark.parametrize(
    ("framing", "event", "last"),
    [
        (SSE, b"data: [DONE]\n\n", True),
        (SSE, b"data: [DONE] \n\n", True),
        (SSE, b": [DONE]\n\n", False),
        (LINES, b"[DONE]\n", False),
        (ARRAY, b"\n]\n", True),
        (ARRAY, b"[", False),
    ],
)
def test_what_marks_the_end(framing: Framing, event: bytes, last: bool) -> None:
    wrapping = Wrapping(framing)
    assert wrapping.is_last(event, wrapping.parted(event)[1]) is last
