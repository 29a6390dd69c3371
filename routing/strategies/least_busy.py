"""Least busy: the target with the fewest calls in flight relative to its weight first."""

from collections.abc import Sequence

from config.strategies import StrategyKind
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """By calls in flight in this process, divided by weight; the draw breaks ties."""
    size = len(candidates)
    start = int(facts.draw * size)
    busy = []
    for place, each in enumerate(candidates, -start):  # of equals, the lowest place comes first
        calls = health(each.name).in_flight
        busy.append((calls / each.weight, place if place >= 0 else place + size, each.name, calls))
    busy.sort()
    return [Choice(name, _told, (calls,)) for _, _, name, calls in busy]


def _told(calls: int) -> str:
    return f"{calls} under way"


STRATEGY = StrategyKind(order)
