"""Values on their way between the ledger and JSON."""

import pytest

from gateway.admin.fields import from_models, milliseconds_or_none, seconds, seconds_or_none, to_models


def test_times_are_seconds_outside_and_milliseconds_inside() -> None:
    assert seconds(1999) == seconds_or_none(1999) == 1
    assert milliseconds_or_none(2) == 2000
    assert seconds_or_none(None) is milliseconds_or_none(None) is None


@pytest.mark.parametrize("models", [None, (), ("a", "b*")])
def test_models_come_back_as_they_went(models) -> None:
    assert to_models(from_models(models)) == models
