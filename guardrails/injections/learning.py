"""Trains word weights on labelled attacks and harmless texts."""

import random
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, sqrt

from guardrails.injections.words import SIZE, Part, WordModel, windows

_RATE, _ROUNDS, _DECAY = 0.1, 10, 1e-6
_SETTLED = 2  # rounds after which weights are averaged: the mean is steadier than the last round
_FAR = 30.0  # a score beyond which the probability is 0 or 1
_STEPS = 15  # quantised steps of a weight, on either side of 0
_RARE = 3  # parts of texts that must have a feature: rarer ones do not generalise
_PARTS = 4  # of a harmless text, as all of it is harmless; of an attack only the first, the surest, is used


@dataclass(frozen=True, slots=True)
class Sample:
    """A text with its label; `weight` is its weight, `source` its origin."""

    text: str
    attack: bool
    source: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class _Row:
    features: Sequence[int]
    share: float
    attack: bool
    counts: float


def learn(samples: Sequence[Sample], seed: int = 1) -> WordModel:
    """Trains a model, deterministically. Its thresholds are 0 until set."""
    rows = _rows(samples)
    weights, squares, bias = [0.0] * SIZE, [1e-8] * SIZE, 0.0
    means, mean_bias = [0.0] * SIZE, 0.0
    rng = random.Random(seed)
    for done in range(_ROUNDS):
        rng.shuffle(rows)
        for row in rows:
            score = bias + row.share * sum([weights[each] for each in row.features])
            wrong = (1 / (1 + exp(-max(-_FAR, min(_FAR, score)))) - row.attack) * row.counts
            bias -= _RATE * 0.02 * wrong
            for each in row.features:
                slope = wrong * row.share + _DECAY * weights[each]
                squares[each] += slope * slope
                weights[each] -= _RATE * slope / sqrt(squares[each])
        if done >= _SETTLED:
            means = [mean + weight for mean, weight in zip(means, weights, strict=True)]
            mean_bias += bias
    settled = _ROUNDS - _SETTLED
    scale = max(map(abs, means), default=1.0) / _STEPS or 1.0
    steps = array("b", [round(each / scale) for each in means])
    return WordModel(steps, scale / settled, mean_bias / settled, 0.0, 0.0)


def _rows(samples: Sequence[Sample]) -> list[_Row]:
    known: list[tuple[Part, Sample]] = []
    for each in samples:
        known += [(part, each) for part in windows(each.text)[: 1 if each.attack else _PARTS]]
    found = Counter(feature for part, _ in known for feature in set(part.features))
    return [
        _Row([each for each in part.features if found[each] >= _RARE], part.share, of.attack, of.weight)
        for part, of in known
    ]


def crossed(samples: Sequence[Sample], folds: int = 5, seed: int = 9) -> Iterator[tuple[Sample, float]]:
    """Cross-validation: each sample with its score by a model trained without it and its duplicates."""
    rng = random.Random(seed)
    of_text: dict[str, int] = {}
    for each in samples:
        of_text.setdefault(_equal(each.text), rng.randrange(folds))
    for fold in range(folds):
        model = learn([each for each in samples if of_text[_equal(each.text)] != fold])
        for each in samples:
            if of_text[_equal(each.text)] == fold:
                yield each, model.score(each.text)


def _equal(text: str) -> str:
    return " ".join(text.lower().split())


def threshold_at(scores: Sequence[float], share: float) -> float:
    """The lowest threshold that at most this share of harmless texts reaches."""
    ordered = sorted(scores, reverse=True)
    allowed = int(share * len(ordered))
    return ordered[allowed] + 1e-6 if allowed < len(ordered) else ordered[-1]


@dataclass(frozen=True, slots=True)
class Rates:
    """The numbers of attacks and of those found, of harmless texts and of false positives among them."""

    attacks: int
    found: int
    harmless: int
    alarms: int

    @property
    def recall(self) -> float:
        return self.found / self.attacks if self.attacks else 1.0

    @property
    def passing(self) -> float:
        return 1 - self.alarms / self.harmless if self.harmless else 1.0


def rates(judged: Sequence[tuple[Sample, bool]]) -> Rates:
    """The rates of samples, each given with whether it was flagged."""
    attacks = [said for each, said in judged if each.attack]
    harmless = [said for each, said in judged if not each.attack]
    return Rates(len(attacks), sum(attacks), len(harmless), sum(harmless))


def with_thresholds(model: WordModel, threshold: float, strict: float) -> WordModel:
    """The model with these thresholds."""
    return replace(model, threshold=threshold, strict=strict)
