"""Decoded JSON against a struct: the place of a mistake, what is unknown, what can be read of it."""

from typing import Any

import msgspec
import pytest

from dialects.checking import checked, loosely, unknown, wrong
from dialects.errors import Malformed


class Inner(msgspec.Struct, frozen=True, gc=False):
    b: list[int]


class Outer(msgspec.Struct, frozen=True, gc=False):
    a: Inner | None = None
    c: str = ""


@pytest.mark.parametrize(
    ("found", "place", "param"),
    [
        ({"a": {"b": [1, "x"]}}, "messages.3", "messages.3.a.b.1"),
        ({"a": {}}, "messages.3", "messages.3.a.b"),
        ({"a": {}}, "", "a.b"),
        (7, "tools.0", "tools.0"),
        (7, "", None),
    ],
)
def test_a_mistake_is_named_with_its_place(found: Any, place: str, param: str | None) -> None:
    with pytest.raises(Malformed) as refused:
        checked(found, Outer, place)
    assert refused.value.param == param
    assert "$" not in refused.value.message
    assert (param or "Invalid request body:") in refused.value.message


def test_what_fits_is_the_struct() -> None:
    assert checked({"a": {"b": [1]}, "x": 1}, Outer) == Outer(Inner([1]))


def test_what_is_impossible_names_its_place() -> None:
    error = wrong("tool_choice", "there is no mode 'x'")
    assert (error.param, str(error)) == (
        "tool_choice",
        "Invalid request body at 'tool_choice': there is no mode 'x'.",
    )


def test_the_unknown_is_what_nobody_names() -> None:
    assert unknown({"a": 1, "x": 2, "y": 3}, Outer, "y") == {"x": 2}
    assert unknown({"a": 1}, Outer) is None


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        ({"a": {"b": "x"}, "c": "d"}, Outer(None, "d")),
        ({"a": {"b": [1]}, "c": 7}, Outer(Inner([1]))),
        ([], Outer()),
        (None, Outer()),
    ],
)
def test_what_does_not_fit_is_left_out(found: Any, kind: Outer) -> None:
    assert loosely(found, Outer) == kind
