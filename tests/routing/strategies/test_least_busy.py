"""Whoever has least to do for its weight comes first."""

from collections import Counter

from routing.health import Standing, nothing_known
from routing.plan import Candidate
from routing.strategies.least_busy import order
from tests.routing.values import facts, health, told


def test_the_one_with_fewer_calls_comes_first() -> None:
    busy = health(a=Standing(in_flight=5), b=Standing(in_flight=2), c=Standing(in_flight=9))
    assert told(order(facts(), [Candidate("a"), Candidate("b"), Candidate("c")], {}, busy)) == [
        ("b", "2 under way"),
        ("a", "5 under way"),
        ("c", "9 under way"),
    ]


def test_twice_the_weight_carries_twice_the_calls() -> None:
    busy = health(a=Standing(in_flight=5), b=Standing(in_flight=3))
    assert order(facts(), [Candidate("a", 2), Candidate("b", 1)], {}, busy)[0].target == "a"


def test_of_equals_each_comes_first_as_often() -> None:
    both = [Candidate("a"), Candidate("b")]
    firsts = Counter(order(facts((n + 0.5) / 100), both, {}, nothing_known)[0].target for n in range(100))
    assert firsts == {"a": 50, "b": 50}
