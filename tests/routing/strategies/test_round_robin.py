"""Each target comes in turn."""

from collections import Counter

import pytest

from routing.health import nothing_known
from routing.plan import Candidate
from routing.strategies.round_robin import STRATEGY, order
from tests.routing.values import facts

THREE = [Candidate("a"), Candidate("b"), Candidate("c")]


def names(turn: int, *candidates: Candidate) -> list[str]:
    return [choice.target for choice in order(facts(turn=turn), candidates or THREE, {}, nothing_known)]


def test_equal_targets_come_strictly_in_turn() -> None:
    assert [names(turn) for turn in range(4)] == [
        ["a", "b", "c"],
        ["b", "c", "a"],
        ["c", "a", "b"],
        ["a", "b", "c"],
    ]


@pytest.mark.parametrize("weights", [(2, 1), (5, 3, 2), (90, 9, 1)], ids=str)
def test_turns_are_shared_as_the_weights_say(weights: tuple[int, ...]) -> None:
    candidates = [Candidate(f"t{place}", weight) for place, weight in enumerate(weights)]
    firsts = Counter(names(turn, *candidates)[0] for turn in range(1000))
    for place, weight in enumerate(weights):
        assert firsts[f"t{place}"] == pytest.approx(1000 * weight / sum(weights), abs=3)


def test_it_says_which_turn_it_is_and_asks_for_it() -> None:
    assert order(facts(turn=6), THREE, {}, nothing_known)[0].reason == "turn 7"
    assert STRATEGY.wants == {"turn"}
