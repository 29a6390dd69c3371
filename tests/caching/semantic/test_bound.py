"""A bound is broken as seldom as it says, whatever the traffic does."""

import random
from math import comb

import pytest

from caching.semantic.bound import at_most, wrong_given


def test_what_was_all_checked_is_known() -> None:
    assert wrong_given(500, 7, 1.0, 0.05) == 7


def test_without_checks_all_may_be_wrong() -> None:
    assert wrong_given(500, 0, 0.0, 0.05) == 500


def test_more_found_is_more_feared_and_more_checks_fear_less() -> None:
    feared = [wrong_given(10_000, found, 0.03, 0.05) for found in range(6)]
    assert feared == sorted(set(feared))
    assert wrong_given(10_000, 0, 0.05, 0.05) < feared[0] < 200


@pytest.mark.parametrize("late", [0.0, 0.4], ids=["steady", "bad from the middle on"])
def test_it_holds_at_every_moment(late: float) -> None:
    broken = 0
    for seed in range(300):
        chance = random.Random(seed)
        wrong = found = 0
        for number in range(1, 1501):
            share = 0.02 if number < 700 else max(0.02, late)
            if chance.random() < share:
                wrong += 1
                found += chance.random() < 0.05
            if number % 25 == 0 and wrong > wrong_given(number, found, 0.05, 0.1):
                broken += 1
                break
    assert broken <= 30  # a tenth of the streams


def test_the_probability_of_so_few() -> None:
    by_hand = sum(comb(20, k) * 0.1**k * 0.9 ** (20 - k) for k in range(3))
    assert at_most(2, 20, 0.1) == pytest.approx(by_hand)
    assert at_most(0, 20, 0.0) == 1.0
    assert at_most(19, 20, 1.0) == 0.0
