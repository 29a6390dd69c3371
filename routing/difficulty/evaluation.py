"""Evaluates a router: how much of the quality gap it closes with what share of strong calls."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Outcome(NamedTuple):
    """One call: its score, and whether each side answered it right."""

    score: float
    strong: bool
    weak: bool


class Quality(NamedTuple):
    """A router's metrics, as defined by RouteLLM (Ong et al., 2024, https://arxiv.org/abs/2406.18665).

    `apgr` is the mean share of the gap between the weak and the strong model that is closed, over all shares
    of strong calls: 0.5 for a coin. `cpt50`, `cpt80`: the percentage of strong calls that closes 50, 80 %.
    """

    apgr: float
    cpt50: float
    cpt80: float


def quality(outcomes: Sequence[Outcome]) -> Quality:
    """The metrics, independent of the order of ties. Raises ValueError if there is no gap to close."""
    gap = sum(each.strong - each.weak for each in outcomes)
    if gap <= 0:
        raise ValueError("the strong side is not better than the weak one: there is no gap to close")
    closed = [0.0, *_closed(sorted(outcomes, key=_falling), gap)]
    count = len(outcomes)
    area = sum((a + b) / 2 for a, b in zip(closed, closed[1:], strict=False)) / count
    return Quality(area, _percent(closed, 0.5), _percent(closed, 0.8))


def _falling(outcome: Outcome) -> float:
    return -outcome.score


def _closed(ranked: Sequence[Outcome], gap: int) -> list[float]:
    """The share of the gap closed by the first n strong calls, for every n; linear across ties."""
    closed: list[float] = []
    total = 0.0
    place = 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end].score == ranked[place].score:
            end += 1
        gain = sum(each.strong - each.weak for each in ranked[place:end]) / gap
        for step in range(1, end - place + 1):
            closed.append(total + gain * step / (end - place))
        total += gain
        place = end
    return closed


def _percent(closed: Sequence[float], share: float) -> float:
    place = next(place for place, value in enumerate(closed) if value >= share - 1e-12)
    return 100.0 * place / (len(closed) - 1)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over splits, the interval containing nine of ten of them, and the standard deviation."""

    mean: float
    low: float
    high: float
    deviation: float


def interval(values: Sequence[float]) -> Interval:
    """The interval of these values, from their 5th to their 95th percentile."""
    ranked = sorted(values)
    mean = sum(ranked) / len(ranked)
    spread = (sum((value - mean) ** 2 for value in ranked) / len(ranked)) ** 0.5
    last = len(ranked) - 1
    return Interval(mean, ranked[round(0.05 * last)], ranked[round(0.95 * last)], spread)


def splits(count: int, labels: int, seeds: int) -> list[tuple[list[int], list[int]]]:
    """For each seed, disjoint indices for training and for testing."""
    found = []
    for seed in range(seeds):
        places = list(range(count))
        random.Random(seed).shuffle(places)
        found.append((places[:labels], places[labels:]))
    return found


def resampled(outcomes: Sequence[Outcome], times: int, seed: int = 0) -> list[Quality]:
    """Bootstrap: the quality of samples drawn with replacement; samples without a gap are drawn again.

    Raises ValueError if all outcomes together have no gap.
    """
    quality(outcomes)
    dice = random.Random(seed)
    found: list[Quality] = []
    while len(found) < times:
        sample = dice.choices(outcomes, k=len(outcomes))
        if sum(each.strong - each.weak for each in sample) > 0:
            found.append(quality(sample))
    return found
