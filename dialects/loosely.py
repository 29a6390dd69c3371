"""Parses vendors' JSON as leniently as their users' parsers, and writes it strictly."""

import json
from typing import Any

import msgspec

from dialects.errors import Malformed

_DECODE = msgspec.json.Decoder().decode
_ENCODE = msgspec.json.Encoder().encode


def read(payload: bytes) -> Any:
    """Decodes JSON, also with halves of surrogate pairs, NaN or invalid UTF-8.

    Raises Malformed if even a lenient parser could not read it.
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
    """The JSON of such a value; lone halves are escaped, and NaN and infinities become null."""
    try:
        return _ENCODE(said)
    except (UnicodeEncodeError, OverflowError):
        return json.dumps(said, separators=(",", ":")).encode()
