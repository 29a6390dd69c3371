"""Values of wrong types are refused with their place."""

import pytest
from hypothesis import given

from dialects.bedrock.members import a_text, adjust, an_array, an_object, as_object, rest_of, the_only
from dialects.dialect import Destination
from dialects.errors import Malformed
from tests.dialects.bedrock_values import json_values
from tests.dialects.conversations import arguments


@pytest.mark.parametrize(
    ("take", "value", "words"),
    [
        (an_object, [], "Invalid request body at 'a.0': Expected `object`, got `array`."),
        (an_array, None, "Invalid request body at 'a.0': Expected `array`, got `null`."),
        (a_text, True, "Invalid request body at 'a.0': Expected `str`, got `bool`."),
        (the_only, {"a": 1, "b": 2}, "Invalid request body at 'a.0': Expected exactly one member, got 2."),
        (the_only, {"a": None}, "Invalid request body at 'a.0': Expected exactly one member, got 0."),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(take: object, value: object, words: str) -> None:
    with pytest.raises(Malformed) as refused:
        take(value, "a.0")  # type: ignore[operator]
    assert (refused.value.message, refused.value.param) == (words, "a.0")


@given(json_values)
def test_what_has_the_right_type_comes_back(value: object) -> None:
    kinds = {an_object: dict, an_array: list, a_text: str}
    for take, kind in kinds.items():
        if isinstance(value, kind):
            assert take(value, "x") is value
        else:
            with pytest.raises(Malformed):
                take(value, "x")


def test_a_null_is_no_member_of_a_union() -> None:
    assert the_only({"text": "a", "image": None}, "x") == ("text", "a")


def test_the_rest_is_what_is_not_known() -> None:
    assert rest_of({"a": 1, "b": 2, "c": None}, "a", "d") == {"b": 2, "c": None}


@given(arguments)
def test_arguments_that_are_an_object_are_that_object(text: str) -> None:
    assert "invalid_arguments" in as_object(text) or as_object(text) == as_object(f" {text} ")


@pytest.mark.parametrize("text", ['{"a', "[1]", "7", '"a"', "nonsense", "[" * 5000])
def test_broken_arguments_are_shown_as_they_were(text: str) -> None:
    assert as_object(text) == {"invalid_arguments": text}


def test_no_arguments_are_an_empty_object() -> None:
    assert (as_object(""), as_object("  "), as_object('{"a":1}')) == ({}, {}, {"a": 1})


def test_a_targets_demands_are_met() -> None:
    members: dict[str, object] = {"a": 1, "b": 2, "c": 3}
    adjust(members, Destination("m", drops=frozenset(["a"]), renames={"b": "B", "x": "y"}, sets={"d": 4}))
    assert members == {"B": 2, "c": 3, "d": 4}
