"""Amazon's binary event stream: frames with typed headers, a payload and checksums.

https://smithy.io/2.0/aws/amazon-eventstream.html
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from struct import Struct, error
from typing import NamedTuple
from uuid import UUID
from zlib import crc32

from dialects.errors import Malformed

MAX_HEADERS = 128 * 1024
MAX_PAYLOAD = 16 * 1024 * 1024

HeaderValue = bool | int | bytes | str | datetime | UUID

_PRELUDE = Struct(">III")  # total length, headers length, checksum of these eight bytes
_LENGTHS = Struct(">II")
_CHECKSUM = Struct(">I")
_SHORT = Struct(">H")
_FRAME = _PRELUDE.size + _CHECKSUM.size
_FIXED = {2: Struct(">b"), 3: Struct(">h"), 4: Struct(">i"), 5: Struct(">q"), 8: Struct(">q")}
_TRUE, _FALSE, _BYTES, _STRING, _TIMESTAMP, _UUID = 0, 1, 6, 7, 8, 9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Frame(NamedTuple):
    """A decoded frame."""

    headers: dict[str, HeaderValue]
    payload: bytes


class EventStream:
    """The Framing of `application/vnd.amazon.eventstream`.

    Frames before a broken one are still returned, however the network split the bytes: Malformed is raised
    only when the broken frame is the first in the buffer.
    """

    def split(self, buffer: bytes, seen: int) -> tuple[list[bytes], bytes]:
        frames: list[bytes] = []
        start, end = 0, len(buffer)
        while end - start >= _PRELUDE.size:
            try:
                total = _length(buffer, start)
                if total > end - start:
                    break
                frame = buffer[start : start + total]
                _check(frame)
            except Malformed:
                if frames:
                    break
                raise
            frames.append(frame)
            start += total
        return frames, buffer[start:]


def _length(buffer: bytes, start: int) -> int:
    total, headers, checksum = _PRELUDE.unpack_from(buffer, start)
    if crc32(buffer[start : start + 8]) != checksum:
        raise Malformed("the lengths of an event stream's frame do not match their checksum")
    if headers > MAX_HEADERS or not 0 <= total - headers - _FRAME <= MAX_PAYLOAD:
        raise Malformed(f"an event stream's frame claims {total} bytes, {headers} of them headers")
    return int(total)


def _check(frame: bytes) -> None:
    if crc32(frame[:-4]) != int.from_bytes(frame[-4:]):
        raise Malformed("a frame of an event stream does not match its checksum")


def sections(frame: bytes) -> tuple[bytes, bytes]:
    """The headers as bytes, and the payload. Raises Malformed unless `frame` is exactly one valid frame."""
    size = len(frame)
    if size >= _FRAME:
        total, headers = _LENGTHS.unpack_from(frame)
        if total == size and headers <= size - _FRAME:
            _check(frame)  # covers the lengths, and their own checksum
            end = 12 + headers
            return frame[12:end], frame[end:-4]
    raise Malformed("the bytes are not one whole frame of an event stream")


def decode(frame: bytes) -> Frame:
    """Headers and payload. Raises Malformed unless `frame` is exactly one valid frame."""
    block, payload = sections(frame)
    return Frame(read_headers(block), payload)


def read_headers(block: bytes) -> dict[str, HeaderValue]:
    """The headers of a frame by name; of duplicates the last counts. Raises Malformed if they are broken."""
    found: dict[str, HeaderValue] = {}
    at = 0
    try:
        while at < len(block):
            length = block[at]
            name, kind = _exactly(block, at + 1, length).decode(), block[at + 1 + length]
            found[name], at = _value(block, at + 2 + length, kind)
    except (IndexError, error, ValueError, OverflowError):
        raise Malformed("the headers of an event stream's frame are broken") from None
    return found


def _value(block: bytes, at: int, kind: int) -> tuple[HeaderValue, int]:
    if kind in (_BYTES, _STRING):
        (length,) = _SHORT.unpack_from(block, at)
        raw = _exactly(block, at + 2, length)
        return (raw if kind == _BYTES else raw.decode()), at + 2 + length
    if kind in (_TRUE, _FALSE):
        return kind == _TRUE, at
    if kind == _UUID:
        return UUID(bytes=_exactly(block, at, 16)), at + 16
    if kind not in _FIXED:
        raise ValueError(kind)
    (number,) = _FIXED[kind].unpack_from(block, at)
    value = _EPOCH + timedelta(milliseconds=number) if kind == _TIMESTAMP else int(number)
    return value, at + _FIXED[kind].size


def _exactly(block: bytes, at: int, length: int) -> bytes:
    raw = block[at : at + length]
    if len(raw) != length:
        raise ValueError(length)
    return raw


def encode(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One frame with these headers, all of type string."""
    return pack(write_headers(headers), payload)


def write_headers(headers: Mapping[str, str]) -> bytes:
    """The headers as bytes, which `pack` can use many times."""
    parts = []
    for name, value in headers.items():
        key, raw = name.encode(), value.encode()
        parts += [bytes([len(key)]), key, bytes([_STRING]), _SHORT.pack(len(raw)), raw]
    return b"".join(parts)


def pack(block: bytes, payload: bytes) -> bytes:
    """One frame, with headers from `write_headers`."""
    lengths = _LENGTHS.pack(len(block) + len(payload) + _FRAME, len(block))
    whole = b"%b%b%b%b" % (lengths, _CHECKSUM.pack(crc32(lengths)), block, payload)
    return whole + _CHECKSUM.pack(crc32(whole))
