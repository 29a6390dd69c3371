"""A call remembers its way; what was cleared does not change any more."""

from dataclasses import MISSING, fields
from typing import Any

import pytest

from gateway.call import Call, Cleared


def call(**known: Any) -> Call:
    needed = {each.name: None for each in fields(Call) if each.default is MISSING}
    return Call(**needed | known)  # type: ignore[arg-type]


def test_a_call_has_made_no_attempt_at_first() -> None:
    assert (call().attempts, call().label) == (0, "")


def test_a_call_takes_no_field_that_nobody_declared() -> None:
    with pytest.raises(AttributeError):
        call().modle = "typo"  # type: ignore[attr-defined]


def test_what_was_cleared_stays_as_it_is() -> None:
    cleared = Cleared(call(), None, b"masked")  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        cleared.body = b"unmasked"  # type: ignore[misc]
