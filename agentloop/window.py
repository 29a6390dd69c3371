"""As much of a conversation as fits a model's window: outputs of tools are cut first, then whole old steps.

A call and its output stay together or go together, as vendors want it, and so does the reasoning before them.
The beginning, which is the task, and the newest step stay.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from agentloop.events import Item

_ENCODE = msgspec.json.Encoder().encode
_HEAD = 200  # characters that are kept of an output that is cut
_CUT = 2 * _HEAD  # below which cutting gains nothing

Unit = tuple[Item, ...]


def tokens_of(item: Item) -> int:
    """A bound that most languages keep: a token is three bytes or more."""
    return len(item.json.encode()) // 3 + 4


def fitted(items: Sequence[Item], budget: int, count: Callable[[Item], int] = tokens_of) -> tuple[Item, ...]:
    """What is shown of the conversation in so many tokens; 0: all of it. Nothing is changed where it fits."""
    if not budget or sum(map(count, items)) <= budget:
        return tuple(items)
    units = _units(items)
    over = sum(map(count, items)) - budget
    for place in range(len(units)):  # the newest is cut last of all
        if over <= 0:
            break
        cut = tuple(map(_cut, units[place])) if place < len(units) - 1 else units[place]
        over -= _size(units[place], count) - _size(cut, count)
        units[place] = cut
    left_out = 0
    while over > 0 and len(units) > 2:
        gone = units.pop(1)
        left_out += len(gone)
        over -= _size(gone, count)
    if over > 0:
        units[-1] = tuple(map(_cut, units[-1]))
    if left_out:
        units.insert(1, (_note(left_out),))
    return tuple(item for unit in units for item in unit)


def _size(unit: Unit, count: Callable[[Item], int]) -> int:
    return sum(map(count, unit))


def _units(items: Sequence[Item]) -> list[Unit]:
    """What stays together."""
    units: list[Unit] = []
    unit: list[Item] = []
    waiting: set[str] = set()  # calls without an output so far
    for item in items:
        said = _read(item)
        kind = said.get("type", "message")
        unit.append(item)
        if kind == "function_call":
            waiting.add(str(said.get("call_id")))
        elif kind == "function_call_output":
            waiting.discard(str(said.get("call_id")))
        if not waiting and kind != "reasoning":
            units.append(tuple(unit))
            unit = []
    return [*units, tuple(unit)] if unit else units


def _cut(item: Item) -> Item:
    said = _read(item)
    output = said.get("output")
    if said.get("type") != "function_call_output" or not isinstance(output, str) or len(output) <= _CUT:
        return item
    rest = len(output) - _HEAD
    return Item(_ENCODE({**said, "output": f"{output[:_HEAD]}… ({rest} characters left out)"}).decode())


def _note(items: int) -> Item:
    text = f"({items} items of this conversation were left out here.)"
    return Item(_ENCODE({"role": "developer", "content": text}).decode())


def _read(item: Item) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.json.decode(item.json)
    return said
