"""Weighted: each target comes first in proportion to its weight, the others follow by weight."""

from collections.abc import Sequence

from config.strategies import StrategyKind
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """A weighted order without replacement, from the single draw in `facts`."""
    left = list(candidates)
    weights = [candidate.weight for candidate in left]
    draw, total = facts.draw, sum(weights)
    choices: list[Choice] = []
    told = _first
    while len(left) > 1:
        point, place = draw * total, 0
        for weight in weights:
            if point < weight:
                break
            point -= weight
            place += 1
        else:
            place -= 1  # rounding went beyond the last one
        weight = weights.pop(place)
        choices.append(Choice(left.pop(place).name, told, (weight, total)))
        # The position within the chosen share is uniform again, and independent of the choice.
        draw = point / weight
        if not 0.0 <= draw <= 0.999999:
            draw = 0.0 if draw < 0.0 else 0.999999
        total -= weight
        told = _next
    for last in left:
        choices.append(Choice(last.name, told, (last.weight, last.weight)))
    return choices


def _first(weight: int, total: int) -> str:
    return f"weight {weight}/{total}"


def _next(weight: int, total: int) -> str:
    return f"next by weight {weight}/{total}"


STRATEGY = StrategyKind(order)
