"""Joins pieces of JSON objects, as the events of a stream deliver them."""

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from dialects import sse
from dialects.conversation import Extra
from dialects.halves import joined


def objects(events: Iterable[bytes]) -> Iterator[Extra]:
    """The decoded data of server-sent events; halves of surrogate pairs stay in the strings."""
    for event in events:
        data = (sse.data_of(event) or b"").strip()
        if data and data != b"[DONE]":
            yield json.loads(data)


def add(whole: Extra, piece: Extra, grows: Collection[str]) -> None:
    """Merges `piece` into `whole`.

    Strings named in `grows` are appended to, lists concatenated, objects merged; anything else is replaced.
    List items with an `index` merge with the item of the same index, and of the same `type` if both have one.
    """
    for name, value in piece.items():
        before = whole.get(name)
        if isinstance(value, str) and isinstance(before, str) and name in grows:
            whole[name] = before + value
        elif isinstance(value, dict):
            if not isinstance(before, dict):
                before = whole[name] = {}
            add(before, value, grows)
        elif isinstance(value, list):
            if not isinstance(before, list):
                before = whole[name] = []
            for each in value:
                _join(before, each, grows)
        elif value is not None or name not in whole:
            whole[name] = value


def _join(listed: list[Any], each: Any, grows: Collection[str]) -> None:
    if isinstance(each, dict):
        index, kind = each.get("index"), each.get("type")
        for known in listed if index is not None else ():
            if known.get("index") == index and (kind is None or known.get("type", kind) == kind):
                add(known, each, grows)
                return
        new: Extra = {}
        add(new, each, grows)
        each = new
    listed.append(each)


def mended(value: Any) -> Any:
    """The same with surrogate pairs joined and lone halves replaced in all strings."""
    if isinstance(value, str):
        return value if value.isascii() else joined(value)
    if isinstance(value, list):
        return [mended(each) for each in value]
    if isinstance(value, dict):
        return {name: mended(each) for name, each in value.items()}
    return value
