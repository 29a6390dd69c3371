"""Frames come out as they went in, wherever the network cuts; a flipped bit never passes."""

import struct
from datetime import UTC, datetime
from uuid import UUID
from zlib import crc32

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from dialects.bedrock import eventstream
from dialects.bedrock.eventstream import EventStream, HeaderValue
from dialects.errors import Malformed
from tests.dialects.streams import cut

VECTOR = bytes.fromhex(
    "0000007a00000051ca2c46650b3a6576656e742d7479706507000b6d65737361676553746f700d3a636f6e74656e742d74797065"
    "0700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b2273746f70526561736f"
    "6e223a22656e645f7475726e227d5fbf09fc"
)
STOP = {":event-type": "messageStop", ":content-type": "application/json", ":message-type": "event"}

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(lambda name: len(name) < 60)
headers = st.dictionaries(names, st.text(st.characters(codec="utf-8"), max_size=40), max_size=4)
payloads = st.binary(max_size=60)
frames = st.builds(eventstream.encode, headers, payloads)


def framed(block: bytes, payload: bytes = b"") -> bytes:
    return eventstream.pack(block, payload)


def split(pieces: list[bytes]) -> list[bytes]:
    whole, rest, framing = [], b"", EventStream()
    for piece in pieces:
        found, rest = framing.split(rest + piece, len(rest))
        whole += found
    assert rest == b""
    return whole


def test_the_published_frame_is_read_and_written() -> None:
    assert eventstream.decode(VECTOR) == (STOP, b'{"stopReason":"end_turn"}')
    assert eventstream.encode(STOP, b'{"stopReason":"end_turn"}') == VECTOR


@given(headers, payloads)
def test_what_was_encoded_is_decoded(said: dict[str, str], payload: bytes) -> None:
    assert eventstream.decode(eventstream.encode(said, payload)) == (said, payload)


@given(headers, payloads)
def test_amazons_own_parser_reads_the_same(said: dict[str, str], payload: bytes) -> None:
    theirs = EventStreamBuffer()
    theirs.add_data(eventstream.encode(said, payload))
    assert [(event.headers, event.payload) for event in theirs] == [(said, payload)]


@given(st.lists(frames, max_size=4), st.lists(st.integers(0, 800), max_size=6))
def test_frames_do_not_depend_on_where_the_network_cuts(said: list[bytes], places: list[int]) -> None:
    assert split(cut(b"".join(said), places)) == said


@given(frames, st.data())
def test_any_flipped_bit_is_noticed(frame: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(frame) * 8 - 1))
    broken = bytearray(frame)
    broken[place // 8] ^= 1 << place % 8
    with pytest.raises(Malformed):
        eventstream.decode(bytes(broken))
    with pytest.raises(Malformed):
        split([bytes(broken)])


@given(frames, st.lists(st.integers(0, 400), max_size=4))
def test_what_came_before_a_broken_frame_is_given(frame: bytes, places: list[int]) -> None:
    broken = frame[:-1] + bytes([frame[-1] ^ 1])
    whole, rest, framing = [], b"", EventStream()
    with pytest.raises(Malformed):
        for piece in [*cut(frame + broken, places), b""]:
            found, rest = framing.split(rest + piece, len(rest))
            whole += found
    assert whole == [frame]


@given(st.binary(max_size=60))
def test_bytes_that_are_no_frames_are_refused_or_waited_for(junk: bytes) -> None:
    try:
        found, rest = EventStream().split(junk, 0)
    except Malformed:
        return
    assert b"".join(found) + rest == junk
    with pytest.raises(Malformed):
        eventstream.decode(rest)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (0, b"", True),
        (1, b"", False),
        (2, b"\xff", -1),
        (3, b"\x01\x00", 256),
        (4, b"\xff\xff\xff\xfe", -2),
        (5, b"\0\0\0\1\0\0\0\0", 2**32),
        (6, b"\x00\x02\xff\xfe", b"\xff\xfe"),
        (7, b"\x00\x02hi", "hi"),
        (8, (1_500).to_bytes(8, "big"), datetime(1970, 1, 1, 0, 0, 1, 500_000, UTC)),
        (9, bytes(range(16)), UUID(bytes=bytes(range(16)))),
    ],
)
def test_every_kind_of_header_is_read(kind: int, raw: bytes, value: HeaderValue) -> None:
    block = b"\x01a" + bytes([kind]) + raw + b"\x01b\x00"
    assert eventstream.decode(framed(block)).headers == {"a": value, "b": True}


@pytest.mark.parametrize(
    "block", [b"\x01", b"\x01a", b"\x01a\x0a", b"\x01a\x07\x00\x09hi", b"\x01a\x05\0\0", b"\x01\xff\x00"]
)
def test_broken_headers_are_refused(block: bytes) -> None:
    with pytest.raises(Malformed):
        eventstream.decode(framed(block))


@pytest.mark.parametrize(
    ("total", "headers_length"),
    [(15, 0), (20, 5), (eventstream.MAX_PAYLOAD + 17, 0), (300_000, 200_000), (2**32 - 1, 0)],
)
def test_absurd_lengths_are_refused_before_their_bytes_come(total: int, headers_length: int) -> None:
    prelude = struct.pack(">II", total, headers_length)
    with pytest.raises(Malformed, match="claims"):
        EventStream().split(prelude + struct.pack(">I", crc32(prelude)), 0)


@given(st.binary(max_size=80))
def test_headers_of_any_bytes_are_read_or_refused(block: bytes) -> None:
    try:
        found = eventstream.read_headers(block)
    except Malformed:
        return
    assert all(isinstance(name, str) for name in found)
