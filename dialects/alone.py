"""Splits an event that carries several texts into events with one piece of one text."""

from collections.abc import Sequence
from typing import Any

from dialects.spots import Json, Spot

# Strings in an event that say what kind it is and where its piece belongs. Others have content of their own,
# or begin something that has already begun, such as the id and the name of a tool call.
_KINDS = frozenset(["type", "role", "object", "format", "jsonPath"])
# Lists in which an entry without an index is identified by its position.
_PLACED = ("candidates", "tool_calls")
_LOGPROBS = "logprobs"

_Step = tuple[Any, Any]  # a container, and the key or index under which it holds the next


def alone(event: Json, spot: Spot, others: Sequence[Spot], said: str) -> Json:
    """A copy of the event with `said` at the spot, and without anything that would count twice.

    `others` are the event's other spots. The event itself is not modified.
    """
    emptied = {each.key for each in others if each.holder is spot.holder}
    value: Any = {
        key: said if key == spot.key else "" if key in emptied else _blank(inner)
        for key, inner in spot.holder.items()
        if key == spot.key or key in emptied or _stays(key, inner, spot.holder is event)
    }
    name: Any = None
    for holder, key in reversed(_way(event, spot.holder)):
        if isinstance(holder, list):
            value, name = [value], key
            continue
        if name and key in _PLACED:
            value[0].setdefault("index", name)
        name = None
        value = {
            each: value if each == key else _blank(inner)
            for each, inner in holder.items()
            if each == key or _stays(each, inner, holder is event)
        }
    return value  # type: ignore[no-any-return]


def _stays(key: str, value: object, outermost: bool) -> bool:
    if isinstance(value, str):
        return outermost or key in _KINDS
    return not isinstance(value, dict | list) or (key == _LOGPROBS and isinstance(value, list))


def _blank(value: object) -> object:
    return [] if isinstance(value, list) else value


def _way(event: Json, holder: Json) -> list[_Step]:
    """The steps from an event to an object nested in it."""
    waiting: list[tuple[Any, list[_Step]]] = [(event, [])]
    while waiting:
        found, steps = waiting.pop()
        if found is holder:
            return steps
        for key, inner in found.items() if isinstance(found, dict) else enumerate(found):
            if isinstance(inner, dict | list):
                waiting.append((inner, [*steps, (found, key)]))
    return []
