"""A call remembers its way; what was cleared does not change any more."""

from typing import Any

import msgspec
import pytest

from gateway.call import Call, Cleared

NOTHING: Any = None
REQUIRED = {each.name: NOTHING for each in msgspec.structs.fields(Call) if each.required}


def test_a_call_has_made_no_attempt_at_first() -> None:
    call = Call(**REQUIRED)
    assert (call.attempts, call.label) == (0, "")


def test_a_call_takes_no_field_that_nobody_declared() -> None:
    with pytest.raises(AttributeError):
        Call(**REQUIRED).modle = "typo"  # type: ignore[attr-defined]


def test_what_was_cleared_stays_as_it_is() -> None:
    cleared = Cleared(Call(**REQUIRED), NOTHING, b"masked")
    with pytest.raises(AttributeError):
        cleared.body = b"unmasked"  # type: ignore[misc]
