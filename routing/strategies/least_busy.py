"""Least busy: the target with the fewest calls under way for its weight first."""

from collections.abc import Sequence

from config.strategies import StrategyKind
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """By calls under way in this process; of equals, the draw says with whom to begin."""
    start = int(facts.draw * len(candidates))
    turned = [*candidates[start:], *candidates[:start]]
    busy = [(health(each.name).in_flight, each) for each in turned]
    busy.sort(key=_load)
    return [Choice(each.name, _told, (calls,)) for calls, each in busy]


def _load(busy: tuple[int, Candidate]) -> float:
    return busy[0] / busy[1].weight


def _told(calls: int) -> str:
    return f"{calls} under way"


STRATEGY = StrategyKind(order)
