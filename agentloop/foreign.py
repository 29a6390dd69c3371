"""Parses JSON from models, tools and callers, with bounded depth."""

from typing import Any

import msgspec

MAX_DEPTH = 100  # of objects and lists within one another


class Unreadable(ValueError):
    """It is no JSON, or too deep."""


def read(text: str | bytes) -> Any:
    """The value. Raises Unreadable.

    Decoders go as deep as the stack allows where they are called: without a bound of its own a run would be
    read otherwise where it is replayed than where it was driven.
    """
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Unreadable("it is no JSON") from None
    check_depth(text, value)
    return value


def check(text: str) -> None:
    """Raises Unreadable where a text, which is JSON, is too deep."""
    if _may_be_deep(text):
        read(text)


def check_depth(text: str | bytes, value: Any) -> None:
    """Raises Unreadable where the value that the text says is too deep."""
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
    """What stands in it and may have something in it in turn."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for each in inner if isinstance(each, dict | list)]
