"""Arguments survive the way to an object and back, broken ones too."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects import arguments
from tests.dialects.conversations import arguments as texts
from tests.dialects.conversations import objects


@given(objects)
def test_an_object_is_the_same_after_the_way_through_text(value: dict[str, Any]) -> None:
    assert arguments.to_object(arguments.to_text(value)) == value


@given(texts)
def test_text_is_the_same_after_the_way_through_an_object(text: str) -> None:
    assert arguments.to_text(arguments.to_object(text)) == text


@given(st.text(max_size=20).filter(str.strip))
def test_no_text_is_too_broken_to_be_sent(text: str) -> None:
    assert isinstance(arguments.to_object(text), dict)


@pytest.mark.parametrize("text", ["{", "[1]", "7", '{"a":', '{"a":NaN}'])
def test_broken_text_is_the_same_after_the_way_through_an_object(text: str) -> None:
    assert arguments.to_object(text) == {"invalid_arguments": text}
    assert arguments.to_text(arguments.to_object(text)) == text


@pytest.mark.parametrize("text", ["", " ", "{}", "null"])
def test_no_arguments_are_an_empty_object(text: str) -> None:
    assert arguments.to_object(text) == {}


def test_text_that_a_vendor_wrote_stays_as_it_is() -> None:
    assert arguments.to_text('{"a": 1}') == '{"a": 1}'


def test_nothing_is_no_arguments() -> None:
    assert arguments.to_text(None) == "{}"
