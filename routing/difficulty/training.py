"""Trains a router on labelled calls: two regularised logistic models, in plain Python."""

import random
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from operator import mul
from typing import Any, NamedTuple

from routing.difficulty.features import Features
from routing.difficulty.model import SLOTS, Model, Side, logistic

FEW_LABELS = 200  # with fewer, the trained model is worse than the prior
_BIAS = 0.1  # the share of a step applied to the bias, which is not penalised


class Example(NamedTuple):
    """One call with its outcomes. None: that side was not asked, or not judged."""

    seen: Features
    strong: bool | None
    weak: bool | None
    weight: float = 1.0  # one over its propensity: more than 1 for a rarely chosen side


class Judged(NamedTuple):
    """One side's outcome: features, whether it was right, and its weight."""

    seen: Features
    right: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hyperparameters of training."""

    words: float = 1.0  # inverse strength of the penalty, like C in other libraries
    figures: float = 0.05  # weight of a figure's standard deviation relative to the words
    epochs: int = 4
    rate: float = 1.0  # learning rate of the first step
    seed: int = 0


USUAL = Recipe()


def _nothing() -> None:
    """No progress is reported."""


def train(
    examples: Sequence[Example],
    about: dict[str, Any],
    recipe: Recipe = USUAL,
    tick: Callable[[], None] = _nothing,
) -> Model:
    """Trains a model; `tick` is called once per epoch and side. Deterministic in its arguments.

    Raises ValueError without examples, or if a side's labels are all alike.
    """
    if not examples:
        raise ValueError("there is not a single labelled call to learn from")
    strong = [Judged(each.seen, each.strong, each.weight) for each in examples if each.strong is not None]
    weak = [Judged(each.seen, each.weak, each.weight) for each in examples if each.weak is not None]
    sides = (learn(strong, "strong", recipe, tick), learn(weak, "weak", recipe, tick))
    model = Model(*sides, about)
    scores = sorted(model.score(each.seen) for each in examples)
    marks = [round(scores[min(len(scores) - 1, len(scores) * n // 100)], 5) for n in range(101)]
    return Model(*sides, {**about, "labels": len(examples), "quantiles": marks})


def learn(
    judged: Sequence[Judged], name: str, recipe: Recipe = USUAL, tick: Callable[[], None] = _nothing
) -> Side:
    """Trains one side's model. Raises ValueError if its labels are all alike."""
    if len({each.right for each in judged}) < 2:
        raise ValueError(f"the labels of the {name} side are all alike: there is nothing to learn from them")
    slots = dict.fromkeys(slot for each in judged for slot in each.seen.words)
    places = {slot: place for place, slot in enumerate(slots)}
    centre, spread = _scaling([each.seen.figures for each in judged])
    factors = [recipe.figures / deviation for deviation in spread]
    rows = [
        _Row(
            [places[slot] for slot in each.seen.words],
            [f * (value - c) for f, value, c in zip(factors, each.seen.figures, centre, strict=True)],
            each.right,
            each.weight,
        )
        for each in judged
    ]
    weights, figures, bias = _descend(rows, len(places), recipe, tick)
    words = array("f", bytes(4 * SLOTS))
    for slot, place in places.items():
        words[slot] = weights[place]
    # Undoes the centring of the figures: their offset goes into the bias.
    plain = tuple(map(mul, figures, factors))
    return Side(words, plain, bias - sum(map(mul, plain, centre)))


class _Row(NamedTuple):
    words: list[int]  # places in the vocabulary of these rows
    figures: list[float]
    right: bool
    weight: float


def _scaling(rows: Sequence[Sequence[float]]) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of each figure; a constant one gets no influence."""
    count = len(rows)
    columns = list(zip(*rows, strict=True))
    centre = [sum(column) / count for column in columns]
    spread = [
        sqrt(sum((value - c) ** 2 for value in column) / count)
        for column, c in zip(columns, centre, strict=True)
    ]
    return centre, [deviation if deviation > 1e-9 else 1e9 for deviation in spread]


def _descend(
    rows: Sequence[_Row], size: int, recipe: Recipe, tick: Callable[[], None]
) -> tuple[list[float], list[float], float]:
    """Stochastic gradient descent on the logistic loss with a penalty on all weights but the bias.

    The penalty is applied to a common scale, so that a step touches only its own words (Bottou, Stochastic
    Gradient Descent Tricks, 2012).
    """
    penalty = 1.0 / (recipe.words * len(rows))
    words, figures = [0.0] * size, [0.0] * len(rows[0].figures)
    bias, scale, steps = 0.0, 1.0, 0.0
    order = list(range(len(rows)))
    dice = random.Random(recipe.seed)
    at = words.__getitem__
    for _ in range(recipe.epochs):
        dice.shuffle(order)
        for place in order:
            seen, given, right, weight = rows[place]
            rate = recipe.rate / (1.0 + recipe.rate * penalty * steps)
            steps += 1.0
            each = 1.0 / sqrt(len(seen) or 1)
            total = sum(map(at, seen)) * each + sum(map(mul, figures, given))
            error = (right - logistic(total * scale + bias)) * weight * rate
            scale *= 1.0 - rate * penalty
            step = error * each / scale
            for slot in seen:
                words[slot] += step
            step = error / scale
            figures = [value + step * figure for value, figure in zip(figures, given, strict=True)]
            bias += error * _BIAS
        tick()
    return [value * scale for value in words], [value * scale for value in figures], bias
