"""The measures are those that RouteLLM defines, and a coin has what a coin must have."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.difficulty.evaluation import Outcome, interval, quality, resampled, splits

BOTH = st.lists(st.builds(Outcome, st.floats(-1, 1), st.booleans(), st.booleans()), min_size=1, max_size=40)


def some(count: int, score: float, strong: bool, weak: bool) -> list[Outcome]:
    return [Outcome(score, strong, weak)] * count


def test_who_knows_asks_the_strong_side_exactly_where_it_helps() -> None:
    found = quality(some(20, 1.0, True, False) + some(80, 0.0, True, True))
    assert found.cpt50 == 10
    assert found.cpt80 == 16
    assert found.apgr == pytest.approx(0.9)


def test_who_has_it_the_wrong_way_round_needs_them_all() -> None:
    found = quality(some(20, 0.0, True, False) + some(80, 1.0, True, True))
    assert found.cpt50 == 90
    assert found.apgr == pytest.approx(0.1)


def test_equal_scores_are_a_coin() -> None:
    found = quality(some(30, 0.5, True, False) + some(70, 0.5, True, True))
    assert found.apgr == pytest.approx(0.5)
    assert (found.cpt50, found.cpt80) == (50, 80)


def test_a_coin_has_a_half_on_average() -> None:
    dice = random.Random(1)
    drawn = [Outcome(dice.random(), dice.random() < 0.8, dice.random() < 0.6) for _ in range(4000)]
    assert quality(drawn).apgr == pytest.approx(0.5, abs=0.06)


@given(BOTH)
def test_the_order_of_the_lines_makes_no_difference(outcomes: list[Outcome]) -> None:
    if sum(each.strong - each.weak for each in outcomes) <= 0:
        with pytest.raises(ValueError, match="no gap to close"):
            quality(outcomes)
    else:
        one, other = quality(outcomes), quality(outcomes[::-1])
        assert other.apgr == pytest.approx(one.apgr)
        assert (other.cpt50, other.cpt80) == (one.cpt50, one.cpt80)


def test_an_interval_holds_nine_of_ten() -> None:
    found = interval([n / 100 for n in range(101)])
    assert (found.low, found.mean, found.high) == (0.05, pytest.approx(0.5), 0.95)
    assert found.deviation == pytest.approx(0.29, abs=0.01)


def test_nobody_is_judged_by_what_was_learnt_from() -> None:
    found = splits(10, 4, 3)
    for learnt, judged in found:
        assert sorted(learnt + judged) == list(range(10))
        assert len(learnt) == 4
    assert found[0] != found[1]
    assert found == splits(10, 4, 3)


def test_samples_with_replacement_scatter_around_the_whole() -> None:
    outcomes = some(20, 1.0, True, False) + some(80, 0.0, True, True)
    drawn = resampled(outcomes, 50)
    assert len(drawn) == 50
    assert (
        interval([each.apgr for each in drawn]).low
        < quality(outcomes).apgr
        < interval([e.apgr for e in drawn]).high
    )


def test_where_there_is_no_gap_no_sample_is_looked_for() -> None:
    with pytest.raises(ValueError, match="no gap to close"):
        resampled(some(5, 0.1, False, True), 10)
