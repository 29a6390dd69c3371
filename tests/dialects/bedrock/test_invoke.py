"""What InvokeModel streams comes out as Anthropic's own stream."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects import sse
from dialects.bedrock.errors import write_error_event
from dialects.bedrock.eventstream import encode, pack
from dialects.bedrock.invoke import InvokedStream
from dialects.bedrock.stream import event_headers
from dialects.errors import Malformed, VendorError
from tests.dialects.streams import cut

EVENTS: list[dict[str, Any]] = [
    {"type": "message_start", "message": {"id": "msg_1", "content": []}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hé\n"}},
    {"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 9}},
]


def chunk(data: bytes) -> bytes:
    payload = {"bytes": base64.b64encode(data).decode(), "p": "abc"}
    return pack(event_headers("chunk"), json.dumps(payload).encode())


STREAM = b"".join(chunk(json.dumps(event).encode()) for event in EVENTS)


def split(pieces: list[bytes]) -> list[bytes]:
    found, rest, framing = [], b"", InvokedStream()
    for piece in pieces:
        events, rest = framing.split(rest + piece, len(rest))
        found += events
    assert rest == b""
    return found


@given(st.lists(st.integers(0, 900), max_size=6))
def test_events_come_out_named_wherever_the_network_cuts(places: list[int]) -> None:
    found = split(cut(STREAM, places))
    assert [json.loads(sse.data_of(event) or b"") for event in found] == EVENTS
    assert [sse.name_of(event).decode() for event in found] == [event["type"] for event in EVENTS]
    assert sse.events(b"".join(found)) == found


def test_line_ends_between_members_end_no_event() -> None:
    (event,) = split([chunk(b'{\r\n"type":\n"ping"}')])
    assert json.loads(sse.data_of(event) or b"") == {"type": "ping"}


@pytest.mark.parametrize(
    ("status", "kind"), [(429, "rate_limit_error"), (400, "invalid_request_error"), (500, "api_error")]
)
def test_an_exception_is_an_error_event(status: int, kind: str) -> None:
    (event,) = split([write_error_event(VendorError("broke"), status)])
    said = {"type": "error", "error": {"type": kind, "message": "broke"}}
    assert (sse.name_of(event), json.loads(sse.data_of(event) or b"")) == (b"error", said)


def test_other_events_and_orders_of_headers() -> None:
    headers = {":message-type": "event", ":event-type": "chunk"}
    payload = json.dumps({"bytes": base64.b64encode(b'{"type":"ping"}').decode()}).encode()
    other = encode({":message-type": "event", ":event-type": "initial-response"}, b"{}")
    assert split([other, encode(headers, payload)]) == [b":\n\n", b'event: ping\ndata: {"type":"ping"}\n\n']


@pytest.mark.parametrize("payload", [b"", b"{}", b'{"bytes":"!"}', b'{"bytes":"e30="}', b'{"bytes":"W10="}'])
def test_a_chunk_without_an_event_is_refused(payload: bytes) -> None:
    with pytest.raises(Malformed):
        split([pack(event_headers("chunk"), payload)])


def test_what_came_before_a_broken_chunk_is_given() -> None:
    framing = InvokedStream()
    found, rest = framing.split(STREAM + chunk(b"{"), 0)
    assert len(found) == len(EVENTS)
    with pytest.raises(Malformed):
        framing.split(rest, len(rest))


@given(st.binary(max_size=40))
def test_chunks_of_any_bytes_are_refused_or_events(data: bytes) -> None:
    try:
        found = split([chunk(data)])
    except Malformed:
        return
    assert len(found) == 1
