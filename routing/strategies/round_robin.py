"""Round robin: the targets in turn, in proportion to their weights."""

from collections.abc import Sequence

from config.strategies import StrategyKind
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options

_STEP = 0.6180339887498949  # the golden ratio spreads turns evenly over the weights, even few of them


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """The next target in turn, then the others in the order of the file.

    Strictly in turn if weights are equal; else proportional over many turns. Each process counts its own.
    """
    first = _place(facts.turn, candidates)
    choices = [each.behind for each in (*candidates[first:], *candidates[:first])]
    choices[0] = Choice(choices[0].target, _turn, (facts.turn,))
    return choices


def _turn(turn: int) -> str:
    return f"turn {turn + 1}"


def _place(turn: int, candidates: Sequence[Candidate]) -> int:
    weights = [candidate.weight for candidate in candidates]
    if weights.count(weights[0]) == len(weights):
        return turn % len(candidates)
    point = (turn * _STEP) % 1.0 * sum(weights)
    for place, weight in enumerate(weights):
        if point < weight:
            return place
        point -= weight
    return len(candidates) - 1


STRATEGY = StrategyKind(order, wants=frozenset(["turn"]))
