"""Fastest: of two random targets the one expected to finish first, then the rest."""

from collections.abc import Sequence

from config.strategies import StrategyKind
from routing.cost import expected_times
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """By the measured times of the first token and those after it. An unmeasured target counts as fast.

    If all calls went to the fastest target, it would be flooded and become the slowest; taking the better of
    two random ones avoids that at almost no cost (Mitzenmacher, The power of two choices, 2001).
    """
    times = expected_times(facts, candidates, health)
    if len(times) == 1:
        return [Choice(candidates[0].name, "the only one left")]
    ranked = [(ms, each.name) for ms, each in zip(times, candidates, strict=True)]
    one, two = _two(facts.draw, len(times))
    first, other = ranked[one], ranked[two]
    if other < first:
        one, first, other = two, other, first
    del ranked[one]
    ranked.sort()
    choices = [Choice(first[1], _drawn, (first[0], other[1], other[0]))]
    choices += [Choice(name, _next, (ms,)) for ms, name in ranked]
    return choices


def _two(draw: float, size: int) -> tuple[int, int]:
    """Two different indices from one draw, all pairs equally likely."""
    point = draw * size
    one = int(point)
    two = int((point - one) * (size - 1))
    return one, two if two < one else two + 1


def _told(ms: float) -> str:
    return f"about {ms:.0f} ms" if ms else "not measured yet"


def _drawn(ms: float, other: str, other_ms: float) -> str:
    return f"{_told(ms)}, drawn with {other} ({_told(other_ms)})"


def _next(ms: float) -> str:
    return f"next, {_told(ms)}"


STRATEGY = StrategyKind(order)
