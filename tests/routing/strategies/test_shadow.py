"""A shadow is in no plan; the others are put in order by weight."""

from routing.health import nothing_known
from routing.plan import Candidate
from routing.strategies.shadow import STRATEGY, order
from tests.routing.values import facts

OPTIONS = {name: option.default for name, option in STRATEGY.options.items()} | {"target": "v/new"}


def test_it_answers_nobody_whatever_is_drawn() -> None:
    all_of_them = [Candidate("v/old"), Candidate("v/new", weight=99), Candidate("w/old", weight=3)]
    for draw in range(100):
        found = order(facts(draw / 100), all_of_them, OPTIONS, nothing_known)
        assert {choice.target for choice in found} == {"v/old", "w/old"}


def test_alone_there_is_nobody() -> None:
    assert order(facts(), [Candidate("v/new")], OPTIONS, nothing_known) == []
