"""Reads members of Google's JSON, which are named in camelCase or snake_case.

https://protobuf.dev/programming-guides/json/: both are accepted as input, counts may be strings, and the
vendor accepts a single object in place of a list.
"""

import json
from typing import Any

import msgspec

from dialects.errors import Malformed

_ENCODE = msgspec.json.Encoder().encode
_NAMES = {str: "a string", bool: "a boolean", int: "a number", float: "a number", list: "an array"}
_MOST = 10**18


def camel(name: str) -> str:
    """The name in camelCase; names without an inner underscore are kept as they are."""
    if "_" not in name:
        return name
    first, *others = name.split("_")
    if not first or not all(others):
        return name
    return first + "".join(other[0].upper() + other[1:] for other in others)


def cameled(members: dict[str, Any]) -> dict[str, Any]:
    """The members with their names in camelCase; nested members are not converted."""
    for name in members:
        if "_" in name:
            return {camel(each): value for each, value in members.items()}
    return members


def encoded(value: Any) -> bytes:
    """The JSON of a value, even with lone surrogates or numbers of more than 64 bits."""
    try:
        return _ENCODE(value)
    except (UnicodeEncodeError, OverflowError):
        return json.dumps(value, separators=(",", ":")).encode()


def wrong(place: str, wanted: str, found: object) -> Malformed:
    """The error for a value of the wrong type."""
    kind = "null" if found is None else _NAMES.get(type(found), "an object")
    return Malformed(f"Invalid value at '{place}': expected {wanted}, got {kind}.", param=place)


def object_in(value: Any, place: str) -> dict[str, Any]:
    """The value as an object, its members in camelCase; {} if absent. Raises Malformed."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(place, "an object", value)
    return cameled(value)


def objects_in(value: Any, place: str) -> list[dict[str, Any]]:
    """The value as a list of objects; a single object becomes a list of one. Raises Malformed."""
    listed = [value] if isinstance(value, dict) else value
    if listed is None:
        return []
    if not isinstance(listed, list):
        raise wrong(place, "an array", value)
    return [_required_object(each, f"{place}.{number}") for number, each in enumerate(listed)]


def _required_object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(place, "an object", value)
    return cameled(value)


def text_in(members: dict[str, Any], name: str, place: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise wrong(f"{place}.{name}", "a string", value)
    return value


def texts_in(members: dict[str, Any], name: str, place: str) -> tuple[str, ...]:
    value = members.get(name)
    if isinstance(value, str):
        return (value,)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise wrong(f"{place}.{name}", "an array", value)
    for number, each in enumerate(value):
        if not isinstance(each, str):
            raise wrong(f"{place}.{name}.{number}", "a string", each)
    return tuple(value)


def flag_in(members: dict[str, Any], name: str, place: str) -> bool | None:
    value = members.get(name)
    if value is not None and not isinstance(value, bool):
        raise wrong(f"{place}.{name}", "a boolean", value)
    return value


def number_in(members: dict[str, Any], name: str, place: str) -> float | None:
    value = members.get(name)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise wrong(f"{place}.{name}", "a number", value)


def count_in(members: dict[str, Any], name: str, place: str) -> int | None:
    value = members.get(name)
    if value is None:
        return None
    count = whole_number(value)
    if count is None:
        raise wrong(f"{place}.{name}", "a whole number", value)
    return count


def whole_number(value: Any) -> int | None:
    """An integer in any form that the JSON of protocol buffers allows; None for anything else."""
    if isinstance(value, str):
        digits = value.removeprefix("-")
        value = int(value) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else None
    if isinstance(value, float) and value.is_integer():
        value = int(value) if abs(value) < _MOST else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def rest_of(members: dict[str, Any], known: frozenset[str]) -> dict[str, Any] | None:
    """The members not in `known`; None if there are none."""
    rest = {name: value for name, value in members.items() if name not in known}
    return rest or None
