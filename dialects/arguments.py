"""Converts a tool call's arguments between JSON text and an object."""

from typing import Any

import msgspec

_DECODE = msgspec.json.Decoder().decode
_ENCODE = msgspec.json.Encoder().encode

BROKEN = "invalid_arguments"


def to_object(text: str) -> dict[str, Any]:
    """The object for a format that needs one; text that is not a JSON object becomes its only member.

    Thus a history in which a model wrote an invalid call can still be sent.
    """
    if text.strip() in ("", "null"):
        return {}
    try:
        found = _DECODE(text)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {BROKEN: text}


def to_text(value: Any) -> str:
    """The text for a format that needs one; invalid arguments are restored, and text stays as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and len(value) == 1 and isinstance(broken := value.get(BROKEN), str):
        return broken
    return _ENCODE({} if value is None else value).decode()
