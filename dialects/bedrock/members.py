"""Reads decoded JSON: each value has the required type, or its position is reported.

Also edits a request's top level for its target.
"""

from typing import Any

import msgspec

from dialects.dialect import Destination
from dialects.errors import Malformed

_KINDS = {
    dict: "object",
    list: "array",
    str: "str",
    bool: "bool",
    int: "int",
    float: "float",
    type(None): "null",
}


def wrong(place: str, expected: str, found: Any) -> Malformed:
    """The error for a value of the wrong type."""
    kind = _KINDS.get(type(found), type(found).__name__)
    return Malformed(
        f"Invalid request body at '{place}': Expected `{expected}`, got `{kind}`.", param=place or None
    )


def an_object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(place, "object", value)
    return value


def an_array(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise wrong(place, "array", value)
    return value


def a_text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise wrong(place, "str", value)
    return value


def the_only(value: Any, place: str) -> tuple[str, Any]:
    """Name and value of a union's only member; null members count as absent. Raises Malformed."""
    found = [(name, each) for name, each in an_object(value, place).items() if each is not None]
    if len(found) != 1:
        raise Malformed(
            f"Invalid request body at '{place}': Expected exactly one member, got {len(found)}.", param=place
        )
    return found[0]


def rest_of(value: dict[str, Any], *known: str) -> dict[str, Any]:
    """The members not in `known`."""
    return {name: each for name, each in value.items() if name not in known}


def as_object(arguments: str) -> dict[str, Any]:
    """A tool call's arguments as an object, whatever the model wrote."""
    if not arguments.strip():
        return {}
    try:
        found = msgspec.json.decode(arguments)
    except (ValueError, RecursionError):
        found = None
    # A history with a malformed call must still pass: the model sees what it wrote.
    return found if isinstance(found, dict) else {"invalid_arguments": arguments}


def adjust(members: dict[str, Any], to: Destination) -> None:
    """Drop and rename the members that the target rejects, set those that it requires."""
    for name in to.drops:
        members.pop(name, None)
    for name, theirs in to.renames.items():
        if name in members:
            members[theirs] = members.pop(name)
    members.update(to.sets)
