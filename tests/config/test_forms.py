"""What every block of the file is made of."""

import pytest
from pydantic import ValidationError

from config.forms import Entries, Entry, Text


class Inner(Entry):
    """test"""

    name: Text = "x"


class Outer(Entry):
    """test"""

    inner: Entries[Inner] = {}


def test_an_entry_with_nothing_after_its_name_has_every_default():
    assert Outer.model_validate({"inner": {"a": None}}).inner == {"a": Inner()}


def test_what_is_empty_is_as_if_it_were_not_written():
    assert Inner.model_validate({"name": None}) == Inner()


def test_unknown_keys_and_changes_are_refused():
    with pytest.raises(ValidationError):
        Inner.model_validate({"nmae": "x"})
    with pytest.raises(ValidationError):
        Inner().name = "y"
