"""What may be written below `guards` and `guarding`."""

import pytest
from pydantic import ValidationError

from config.catalog import GuardSettings
from config.guard_schema import GuardEntry, GuardingEntry


def test_a_guard_refuses_when_it_fails_unless_told_otherwise() -> None:
    assert (GuardEntry().mode, GuardEntry().on_error) == ("enforce", "block")
    assert (GuardingEntry().refusal, GuardingEntry().scope) == (
        GuardSettings().refusal,
        GuardSettings().scope,
    )


def test_a_guard_stands_at_stages_that_there_are() -> None:
    with pytest.raises(ValidationError):
        GuardEntry.model_validate({"stages": ["between"]})
