"""What a run is made of compares by value, and what it may use has bounds unless someone says otherwise."""

import msgspec
import pytest

from agentloop.values import Item, Limits, Who


def test_equal_values_are_one():
    assert Item("{}") == Item("{}")
    assert Who("support", "key_1") == Who(team="support", key="key_1")


def test_nothing_is_changed_in_place():
    with pytest.raises(AttributeError):
        Limits().turns = 3  # type: ignore[misc]


def test_a_limit_that_an_older_version_did_not_know_has_its_default():
    assert msgspec.convert({"turns": 3}, Limits) == Limits(turns=3)
    assert (Limits().window, Limits().summary) == (0, "")
