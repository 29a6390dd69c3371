"""Weighted: each target comes first as often as its weight says, the others follow by weight."""

from collections.abc import Sequence

from config.strategies import StrategyKind
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """A weighted order without replacement, from the single draw in `facts`."""
    left = list(candidates)
    draw = facts.draw
    total = sum(candidate.weight for candidate in left)
    choices: list[Choice] = []
    while left:
        point = draw * total
        for place, candidate in enumerate(left):
            if point < candidate.weight or place == len(left) - 1:
                break
            point -= candidate.weight
        share = f"{candidate.weight}/{total}"
        choices.append(
            Choice(candidate.name, f"weight {share}" if not choices else f"next by weight {share}")
        )
        # Where in its share the point fell is uniform again, and independent of which share it was.
        draw = min(max(point / candidate.weight, 0.0), 0.999999)
        total -= candidate.weight
        del left[place]
    return choices


STRATEGY = StrategyKind(order)
