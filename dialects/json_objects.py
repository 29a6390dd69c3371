"""JSON text where some formats need an object: the arguments of a tool call."""

import json
from typing import Any

import msgspec

from dialects.conversation import Extra

_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder().decode
_INVALID = "invalid_arguments"


def object_of(text: str) -> Extra:
    """The object that a call's arguments say; text that says none stays readable inside of one.

    An agent's history holds the calls that a model wrote wrongly, and must pass with them.
    """
    if text.strip() in ("", "null"):  # the second as some servers say that there are none
        return {}
    try:
        found = _DECODE(text)
    except (ValueError, RecursionError):
        return {_INVALID: text}
    return found if isinstance(found, dict) else {_INVALID: text}


def is_object(text: str) -> bool:
    """Whether the text is one whole object, to which nothing can be added."""
    return text.rstrip().endswith("}") and _INVALID not in object_of(text)


def text_of(found: Any) -> str:
    """The arguments of a call as text, from the object in which a format gives them."""
    if isinstance(found, dict) and len(found) == 1 and isinstance(found.get(_INVALID), str):
        return str(found[_INVALID])
    return encode(found).decode()


def encode(value: Any) -> bytes:
    """JSON text; halves of surrogate pairs, which a model's answer may be cut into, are escaped."""
    try:
        return _ENCODE(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
