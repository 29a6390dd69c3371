"""Parses JSON from models, tools and clients, with bounded depth."""

from typing import Any

import msgspec

MAX_DEPTH = 100  # of nested objects and lists


class Unreadable(ValueError):
    """Not JSON, or nested too deeply."""


def read(text: str | bytes) -> Any:
    """The value. Raises Unreadable.

    Decoders go as deep as the remaining stack allows: without a fixed bound, a replay could read a run
    differently from its driver.
    """
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Unreadable("it is no JSON") from None
    check_depth(text, value)
    return value


def check(text: str) -> None:
    """Raises Unreadable if a JSON text is nested too deeply."""
    if _may_be_deep(text):
        read(text)


def check_depth(text: str | bytes, value: Any) -> None:
    """Raises Unreadable if the value, decoded from the text, is nested too deeply."""
    if not _may_be_deep(text):
        return
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for each in level for inner in _within(each)]
        if not level:
            return
    raise Unreadable(f"it is nested deeper than {MAX_DEPTH}")


def _may_be_deep(text: str | bytes) -> bool:
    if isinstance(text, bytes):
        return text.count(b"[") + text.count(b"{") > MAX_DEPTH
    return text.count("[") + text.count("{") > MAX_DEPTH


def _within(value: Any) -> list[Any]:
    """The objects and lists directly inside it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for each in inner if isinstance(each, dict | list)]
