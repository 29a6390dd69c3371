"""Arguments of tool calls are objects here and text there, and nothing is lost on the way."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.json_objects import encode, is_object, object_of, text_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=3))
def test_an_object_survives_as_text(value: dict[str, object]) -> None:
    assert object_of(text_of(value)) == value
    assert is_object(text_of(value))


@given(st.text())
def test_any_text_becomes_an_object_and_comes_back(text: str) -> None:
    found = object_of(text)
    if found == {"invalid_arguments": text}:
        assert text_of(found) == text
    else:
        assert found == (json.loads(text) if text.strip() not in ("", "null") else {})


@pytest.mark.parametrize("text", ["", " ", "\n", " null"])
def test_no_arguments_are_an_empty_object(text: str) -> None:
    assert object_of(text) == {}


@pytest.mark.parametrize("text", ['{"a":', "[1]", "7", '"x"', "nonsense", "[" * 5000])
def test_what_is_no_object_stays_readable(text: str) -> None:
    assert object_of(text) == {"invalid_arguments": text}


@pytest.mark.parametrize(
    ("text", "whole"), [("{}", True), ('{"a":{}} ', True), ('{"a":{}', False), ("", False), ("}", False)]
)
def test_a_whole_object_is_told_from_its_beginning(text: str, whole: bool) -> None:
    assert is_object(text) == whole


def test_half_a_surrogate_pair_is_escaped() -> None:
    assert encode({"a": "x\ud83d"}) == b'{"a":"x\\ud83d"}'
