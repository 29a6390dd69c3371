"""Parses vendors' JSON as leniently as their users' parsers, and writes it strictly."""

import json
from typing import Any

import msgspec

from dialects.errors import Malformed

_DECODE = msgspec.json.Decoder().decode
_ENCODE = msgspec.json.Encoder().encode


def read(payload: bytes) -> Any:
    """What JSON says, loosely written, too: halves of surrogate pairs, NaN, bytes that are not UTF-8.

    Raises Malformed where nobody could read it.
    """
    try:
        return _DECODE(payload)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise Malformed("the data is not JSON") from None


def write(said: Any) -> bytes:
    """The JSON of what was read so; numbers that JSON does not have are null."""
    try:
        return _ENCODE(said)
    except (UnicodeEncodeError, OverflowError):
        return json.dumps(said, separators=(",", ":")).encode()
