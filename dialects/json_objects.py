"""A tool call's arguments, which are JSON text in some formats and an object in others."""

import json
from typing import Any

import msgspec

from dialects.conversation import Extra

_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder().decode
_INVALID = "invalid_arguments"


def object_of(text: str) -> Extra:
    """The object in a call's arguments; text that is not an object is wrapped in one.

    An agent's history contains the model's malformed calls, and must still be accepted.
    """
    if text.strip() in ("", "null"):  # some servers write "null" for no arguments
        return {}
    try:
        found = _DECODE(text)
    except (ValueError, RecursionError):
        return {_INVALID: text}
    return found if isinstance(found, dict) else {_INVALID: text}


def is_object(text: str) -> bool:
    """Whether the text is one complete object."""
    return text.rstrip().endswith("}") and _INVALID not in object_of(text)


def text_of(found: Any) -> str:
    """A call's arguments as text, from a format's object; the inverse of `object_of`."""
    if isinstance(found, dict) and len(found) == 1 and isinstance(found.get(_INVALID), str):
        return str(found[_INVALID])
    return encode(found).decode()


def encode(value: Any) -> bytes:
    """JSON text; lone halves of surrogate pairs, which a split answer may contain, are escaped."""
    try:
        return _ENCODE(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
