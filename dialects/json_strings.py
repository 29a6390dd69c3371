"""Every string of a JSON document with its position, so that one can be replaced in place."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

_QUOTE, _BACKSLASH, _COLON = b'"', 0x5C, 0x3A
_SPACE = b" \t\r\n"
_DECODE = msgspec.json.Decoder(str).decode
_ENCODE = msgspec.json.Encoder().encode
_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_STRING = re.compile(rb'"([^"]*)"(?:[ \t\r\n]*(:)[ \t\r\n]*)?')
_AT_ONCE = 64 * 1024  # bytes that one regex call may scan: it holds the GIL
_LONG_KEY = 64  # no format has a longer key


class JsonText(NamedTuple):
    """A string of the document, keys of objects included."""

    start: int  # both exclude the quotes
    end: int
    key: bytes  # of the member of which it is the value; b"" for keys and array elements
    plain: bool  # without escapes: its bytes are the text


def texts(document: bytes) -> Iterator[JsonText]:
    """All strings in document order, duplicate keys included. Invalid JSON may end it early."""
    if len(document) <= _AT_ONCE and b"\\" not in document:
        return _plain(document)
    return _any(document)


def _plain(document: bytes) -> Iterator[JsonText]:
    """The same for a short document without escapes, in a third of the time."""
    key, place = b"", -1
    for found in _STRING.finditer(document):
        start, end = found.span(1)
        if found.end(2) >= 0:
            yield JsonText(start, end, b"", True)
            key = document[start:end] if end - start <= _LONG_KEY else b""
            place = found.end()
        else:
            yield JsonText(start, end, key if place == start - 1 else b"", True)


def _any(document: bytes) -> Iterator[JsonText]:
    find, key, place = document.find, b"", -1
    start = find(_QUOTE) + 1
    while start:
        end = find(_QUOTE, start)
        plain = True
        if end > start and document[end - 1] == _BACKSLASH:
            end = closing(document, start, end)
        if end < 0:
            return
        if find(b"\\", start, end) >= 0:
            plain = False
        after = _skip(document, end + 1)
        if after < len(document) and document[after] == _COLON:
            yield JsonText(start, end, b"", plain)
            key = document[start:end] if end - start <= _LONG_KEY else b""
            place = _skip(document, after + 1)
        else:
            yield JsonText(start, end, key if place == start - 1 else b"", plain)
        start = find(_QUOTE, end + 1) + 1


def closing(document: bytes, start: int, end: int) -> int:
    """The position of the quote that closes a string; -1: none. `end` is the first quote, maybe escaped."""
    found = _REST.match(document, start, start + _AT_ONCE)
    if found is not None:
        return found.end() - 1
    while end >= 0:
        at = end - 1
        while at >= start and document[at] == _BACKSLASH:
            at -= 1
        if (end - at) % 2:  # an even number of backslashes before it
            return end
        end = document.find(_QUOTE, end + 1)
    return -1


def _skip(document: bytes, at: int) -> int:
    size = len(document)
    while at < size and document[at] in _SPACE:
        at += 1
    return at


def read(document: bytes, text: JsonText) -> bytes:
    """A string's text in UTF-8; halves of surrogate pairs are kept."""
    if text.plain:
        return document[text.start : text.end]
    quoted = document[text.start - 1 : text.end + 1]
    try:
        return _DECODE(quoted).encode()
    except (ValueError, UnicodeEncodeError):
        return _loosely(quoted)


def _loosely(quoted: bytes) -> bytes:
    try:
        found = json.loads(quoted.decode("utf-8", "surrogateescape"), strict=False)
    except ValueError:
        return quoted[1:-1]
    return str(found).encode("utf-8", "surrogatepass")


def write(text: bytes) -> bytes:
    """A text in JSON's escaping, without the quotes."""
    try:
        return _ENCODE(text.decode())[1:-1]
    except UnicodeDecodeError:
        return json.dumps(text.decode("utf-8", "surrogatepass"))[1:-1].encode()


def splice(document: bytes, edits: Sequence[tuple[int, int, bytes]]) -> bytes:
    """The document with each range replaced; the ranges must be in order and must not overlap."""
    pieces, at = [], 0
    for start, end, piece in edits:
        pieces += [document[at:start], piece]
        at = end
    pieces.append(document[at:])
    return b"".join(pieces)
