"""Validates decoded JSON against a struct, and locates what is wrong."""

import re
from functools import cache
from typing import Any, TypeVar

import msgspec

from dialects.conversation import Extra
from dialects.errors import UNREADABLE, Malformed

_DECODE = msgspec.json.Decoder().decode
_PATH = re.compile(r" - at `\$\.?([^`]*)`")
_MISSING = re.compile(r"missing required field `([^`]+)`")
_INDEX = re.compile(r"\[(\d+)\]")

S = TypeVar("S", bound=msgspec.Struct)


def checked(found: Any, kind: type[S], place: str = "") -> S:
    """The value as this kind of struct. Raises Malformed with a position such as `messages.3.content`."""
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        text = str(error)
        path = _PATH.search(text)
        inner = _INDEX.sub(r".\1", path.group(1)) if path else ""
        missing = _MISSING.search(text)
        names = [place, inner, missing.group(1) if missing else ""]
        raise wrong(".".join(filter(None, names)), _PATH.sub("", text)) from None


def decoded_at(place: str, raw: bytes) -> Any:
    """A decoded member of a request. Raises Malformed with its position, as for a number out of range."""
    try:
        return _DECODE(raw)
    except UNREADABLE as error:
        raise wrong(place, _PATH.sub("", str(error))) from None


def wrong(place: str, what: str) -> Malformed:
    """The error for a request with an invalid value at this position."""
    at = f" at '{place}'" if place else ""
    return Malformed(f"Invalid request body{at}: {what}.", param=place or None)


def unknown(found: dict[str, Any], kind: type[msgspec.Struct], *more: str) -> Extra | None:
    """The members that neither this kind of struct nor `more` names; None if none."""
    known = _members(kind, more)
    if known.issuperset(found):
        return None
    return {name: value for name, value in found.items() if name not in known}


@cache
def _members(kind: type[msgspec.Struct], more: tuple[str, ...]) -> frozenset[str]:
    return frozenset(kind.__struct_encode_fields__).union(more)


def loosely(found: Any, kind: type[S]) -> S:
    """The members of an object that have the type that this kind of struct declares; never raises.

    Every field of the kind has a default.
    """
    try:
        return msgspec.convert(found, kind)
    except (msgspec.ValidationError, RecursionError):
        pass
    values: dict[str, Any] = {}
    if isinstance(found, dict):
        for field in msgspec.structs.fields(kind):
            try:
                if field.encode_name in found:
                    values[field.name] = msgspec.convert(found[field.encode_name], field.type)
            except (msgspec.ValidationError, RecursionError):
                continue
    return kind(**values)
