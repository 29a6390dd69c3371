"""Every target comes first as often as its weight says, and none is lost behind it."""

from collections import Counter
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.health import nothing_known
from routing.plan import Candidate, Facts
from routing.strategies.weighted import STRATEGY, order

DRAWS = st.floats(0, 1, exclude_max=True)
WEIGHTS = st.lists(st.integers(1, 1000), min_size=1, max_size=6)


def candidates(weights: list[int]) -> list[Candidate]:
    return [Candidate(f"t{place}", weight) for place, weight in enumerate(weights)]


def names(draw: float, weights: list[int]) -> list[str]:
    return [choice.target for choice in order(Facts("m", draw), candidates(weights), {}, nothing_known)]


@given(DRAWS, WEIGHTS)
def test_every_candidate_has_one_place(draw: float, weights: list[int]) -> None:
    assert sorted(names(draw, weights)) == sorted(each.name for each in candidates(weights))


@given(DRAWS, WEIGHTS)
def test_the_same_draw_gives_the_same_order(draw: float, weights: list[int]) -> None:
    assert names(draw, weights) == names(draw, weights)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_each_comes_first_in_exactly_its_share_of_draws(weights: list[int]) -> None:
    total = sum(weights)
    # One draw in the middle of every unit of weight.
    firsts = Counter(names((unit + 0.5) / total, weights)[0] for unit in range(total))
    assert firsts == {f"t{place}": weight for place, weight in enumerate(weights)}


@pytest.mark.parametrize("weights", [[1, 1], [9, 1], [3, 2, 1], [5, 5, 1, 1]], ids=str)
def test_all_orders_come_as_often_as_drawing_without_replacement_says(weights: list[int]) -> None:
    draws = 20_000
    found = Counter(tuple(names((step + 0.5) / draws, weights)) for step in range(draws))
    for arrangement in permutations(range(len(weights))):
        left, chance = sum(weights), Fraction(1)
        for place in arrangement:
            chance *= Fraction(weights[place], left)
            left -= weights[place]
        seen = found[tuple(f"t{place}" for place in arrangement)] / draws
        assert seen == pytest.approx(float(chance), abs=0.002)


@pytest.mark.parametrize("draw", [0.0, 1.0 - 2**-53], ids=["lowest", "highest"])
def test_the_ends_of_the_dice_are_targets_too(draw: float) -> None:
    assert sorted(names(draw, [3, 10**9, 1])) == ["t0", "t1", "t2"]


def test_the_lowest_draw_takes_the_first_and_the_highest_the_last() -> None:
    assert names(0.0, [2, 1])[0] == "t0"
    assert names(1.0 - 2**-53, [2, 1])[0] == "t1"


def test_each_choice_says_its_share_of_those_that_were_left() -> None:
    choices = STRATEGY.order(Facts("m", 0.95), candidates([9, 1]), {}, nothing_known)
    assert [(choice.target, choice.reason) for choice in choices] == [
        ("t1", "weight 1/10"),
        ("t0", "next by weight 9/9"),
    ]


def test_nobody_is_asked_when_there_is_nobody() -> None:
    assert order(Facts("m", 0.5), [], {}, nothing_known) == []
