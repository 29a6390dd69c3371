"""Extra attempts never exceed their share of the calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.budget import Budget


@given(st.floats(0, 1), st.integers(0, 50), st.lists(st.booleans(), max_size=400))
def test_no_order_of_calls_and_retries_spends_more_than_was_earned(
    share: float, reserve: int, calls: list[bool]
) -> None:
    budget = Budget(share, reserve)
    earned = spent = 0
    for call in calls:
        if call:
            budget.earn()
            earned += 1
        else:
            spent += budget.spend()
        assert spent <= share * earned + reserve + 1e-6
        assert budget.left >= 0


def test_what_was_earned_can_be_spent() -> None:
    budget = Budget(0.2, 0)
    assert not budget.spend()
    for _ in range(50):
        budget.earn()
    assert [budget.spend() for _ in range(11)] == [True] * 10 + [False]


def test_a_quiet_time_saves_no_more_than_a_thousand_calls_earn() -> None:
    budget = Budget(0.2, 10)
    for _ in range(100_000):
        budget.earn()
    assert budget.left == pytest.approx(210, abs=1)


def test_no_share_and_no_reserve_is_no_retry_ever() -> None:
    budget = Budget(0.0, 0)
    budget.earn()
    assert not budget.spend()
