"""What may be written below `limits` and `budget`."""

import pytest
from pydantic import ValidationError

from config.limit_schema import AccountEntry


def test_one_limit_and_one_budget_need_no_list() -> None:
    account = AccountEntry.model_validate({"limits": {"requests": "5/minute"}, "budget": {"amount": 1}})
    assert [each.requests for each in account.limits] == [((5, "minute"),)]  # type: ignore[attr-defined]
    assert [(each.amount, each.per, each.mode) for each in account.budget] == [
        (1_000_000_000, "month", "hard")
    ]


def test_a_budget_has_an_amount() -> None:
    with pytest.raises(ValidationError):
        AccountEntry.model_validate({"budget": {"per": "day"}})
