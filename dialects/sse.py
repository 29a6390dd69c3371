"""Parses server-sent events from a byte stream, however the network cut it."""

import re

# https://html.spec.whatwg.org/multipage/server-sent-events.html: lines end with LF, CRLF or CR, and an empty
# line ends an event. A CR at the very end may be half of a CRLF, so it ends nothing until the next byte.
_END = re.compile(rb"(?:\r\n?+|\n)(?:\r\n|\n|\r(?!\n|\Z))")
_LINE = re.compile(rb"\r\n|\n|\r")
# A comment, which every reader ignores: https://html.spec.whatwg.org/multipage/server-sent-events.html
KEEP_ALIVE = b": keep-alive\n\n"
_LONGEST_END = 4
_LF, _CR = b"\n\r"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def split(buffer: bytes, seen: int = 0) -> tuple[bytes, bytes]:
    """The complete events, terminators included, and the unfinished rest: together the buffer.

    The first `seen` bytes were such a rest before, and are not searched again.
    """
    since = max(0, seen - _LONGEST_END)
    end = buffer.rfind(b"\n\n", since) + 2
    # Of three LFs in a row the first two are the end; only scanning from the left determines which those are.
    if _CR in buffer or (end > 2 and buffer[end - 3] == _LF):
        end = 0
        for match in _END.finditer(buffer, since):
            end = match.end()
    return (buffer[:end], buffer[end:]) if end > 1 else (b"", buffer)


def lines(whole: bytes) -> list[bytes] | None:
    """The events without terminators, if each is a single line that ends with LF LF; otherwise None."""
    if _CR in whole:
        return None
    found = whole.split(b"\n")
    whole_pairs = len(found) % 2 == 1 and not found[-1] and not any(found[1::2])
    return found[:-1:2] if whole_pairs else None


def events(whole: bytes) -> list[bytes]:
    """Each event's bytes, terminator included: together the input."""
    blocks, start = [], 0
    for match in _END.finditer(whole + b":"):  # any byte: a CR at the end is then complete
        blocks.append(whole[start : match.end()])
        start = match.end()
    if start < len(whole):
        blocks.append(whole[start:])
    return blocks


def missing_end(event: bytes) -> bytes:
    """The line ends that an event cut short lacks; b"" if it is terminated."""
    if _END.search(event + b":"):  # any byte: a CR at the end is then complete
        return b""
    return b"\n" if event.endswith(b"\n") else b"\n\n"


def data_of(event: bytes) -> bytes | None:
    """The event's data, its lines joined by LF; None for comments and events without data."""
    values = _field(event, b"data")
    return b"\n".join(values) if values else None


def name_of(event: bytes) -> bytes:
    """The event's name; b"" if it has none."""
    values = _field(event, b"event")
    return values[-1] if values else b""


def _field(event: bytes, name: bytes) -> list[bytes]:
    values = []
    for line in _LINE.split(event.removeprefix(_BYTE_ORDER_MARK)):
        found, _, value = line.partition(b":")
        if found == name:
            values.append(value.removeprefix(b" "))
    return values


def event(data: bytes) -> bytes:
    """One event with this data, which must not contain line ends."""
    return b"data: " + data + b"\n\n"
