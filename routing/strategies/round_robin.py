"""Round robin: the targets in turn, as often as their weights say."""

from collections.abc import Sequence

from config.strategies import StrategyKind
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options

_STEP = 0.6180339887498949  # spreads turns evenly over the weights, however few of them there are


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """The next one in turn, the others after it in the order of the file.

    With equal weights strictly in turn; else over many turns as the weights say. Each process counts its own.
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
