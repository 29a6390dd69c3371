"""The members of a decoded JSON object, taken one by one with their types checked."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from dialects.conversation import Extra
from dialects.errors import Malformed
from dialects.openai.common import decode_request, read_loosely

_ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_NAMES = {str: "str", int: "int", float: "float", bool: "bool", list: "array", dict: "object"}

T = TypeVar("T")


class Members:
    """An object's members: those not taken out remain as the unknown ones.

    A null member counts as absent.
    """

    __slots__ = ("_left", "place")

    def __init__(self, value: Any, place: str = "") -> None:
        self.place = place
        self._left: dict[str, Any] = dict(checked(value, dict, place))

    def take(self, name: str, kind: type[T]) -> T | None:
        """Removes and returns a member. Raises Malformed, with its position, if it has another type."""
        value = self._left.pop(name, None)
        return None if value is None else checked(value, kind, self.at(name))

    def need(self, name: str, kind: type[T]) -> T:
        """Like `take`, but also raises Malformed if the member is absent."""
        value = self.take(name, kind)
        if value is None:
            raise Malformed(
                f"Invalid request body: Object missing required field `{self.at(name)}`.", param=self.at(name)
            )
        return value

    def either(self, name: str, *kinds: type) -> Any:
        """Like `take`, for a member of any of these types."""
        value = self._left.pop(name, None)
        if value is None or any(_is(value, kind) for kind in kinds):
            return value
        raise unlike(self.at(name), " | ".join(_NAMES[kind] for kind in kinds), value)

    def get(self, name: str) -> Any:
        """The member, of any type, without taking it; None if absent."""
        return self._left.get(name)

    def pop(self, name: str) -> Any:
        """Removes and returns the member, of any type; None if absent."""
        return self._left.pop(name, None)

    def keep(self, name: str, value: Any) -> None:
        """Puts this value into the rest."""
        self._left[name] = value

    def each(self, name: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
        """The results of `read(value, position)` for each value of a list."""
        return tuple(read(value, place) for value, place in self.items(name))

    def items(self, name: str) -> Iterator[tuple[Any, str]]:
        """Each value of a list with its position."""
        place = self.at(name)
        for index, value in enumerate(self.take(name, list) or ()):
            yield value, f"{place}.{index}"

    def rest(self) -> Extra | None:
        """The members that were not taken; None if none."""
        return self._left or None

    def at(self, name: str) -> str:
        """The position of a member, such as `messages.3.content`."""
        return f"{self.place}.{name}" if self.place else name


def read_members(body: bytes) -> Members:
    """The members of a request's body. Raises Malformed on bytes that are not a JSON object."""
    return Members(decode_request(_ANY, body))


def read_answer_object(body: bytes) -> dict[str, Any]:
    """A vendor's answer as decoded JSON. Raises Malformed if it is not an object."""
    try:
        found = _ANY.decode(body)
    except (ValueError, RecursionError):
        found = read_loosely(body)
    if not isinstance(found, dict):
        raise Malformed("the answer is not a JSON object")
    return found


def checked(value: Any, kind: type[T], place: str) -> T:
    """The value, if it has this type; otherwise raises Malformed with the position."""
    if type(value) is kind:
        return value
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)  # type: ignore[return-value]
    if not _is(value, kind):
        raise unlike(place, _NAMES[kind], value)
    return value  # type: ignore[no-any-return]


def unlike(place: str, expected: str, value: Any) -> Malformed:
    """The error for a value of the wrong type."""
    found = "null" if value is None else _NAMES.get(type(value), "number")
    at = f" at '{place}'" if place else ""
    return Malformed(f"Invalid request body{at}: Expected `{expected}`, got `{found}`.", param=place or None)


def unknown(place: str, value: object, known: str) -> Malformed:
    """The error for a value that is not one of a format's keywords."""
    return Malformed(f"Invalid request body at '{place}': {value!r} is not one of {known}.", param=place)


def string(value: Any, place: str) -> str:
    """A string in a list, for `each`."""
    return checked(value, str, place)


def _is(value: Any, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
