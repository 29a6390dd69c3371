"""Learns the weights of words from texts that are known to be attacks, or not."""

import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, sqrt

from guardrails.injections.words import SIZE, WordModel, damped, windows

_RATE, _ROUNDS, _DECAY = 0.1, 6, 1e-6
_FAR = 30.0  # beyond it a probability is 0 or 1
_STEPS = 127  # of a weight, on either side


@dataclass(frozen=True, slots=True)
class Sample:
    """A text with its truth; `weight` is what it counts for, `source` where it is from."""

    text: str
    attack: bool
    source: str = ""
    weight: float = 1.0


def learn(samples: Sequence[Sample], seed: int = 1) -> WordModel:
    """The same model from the same samples. Its thresholds are 0 until somebody sets them."""
    rows = [(parts[0], each.attack, each.weight) for each in samples if (parts := windows(each.text))]
    weights, squares, bias = [0.0] * SIZE, [1e-8] * SIZE, 0.0
    order = list(range(len(rows)))
    rng = random.Random(seed)
    for _ in range(_ROUNDS):
        rng.shuffle(order)
        for row in order:
            features, attack, counts = rows[row]
            share = damped(len(features))
            score = bias + share * sum([weights[each] for each in features])
            wrong = (1 / (1 + exp(-max(-_FAR, min(_FAR, score)))) - attack) * counts
            bias -= _RATE * 0.02 * wrong
            for each in features:
                slope = wrong * share + _DECAY * weights[each]
                squares[each] += slope * slope
                weights[each] -= _RATE * slope / sqrt(squares[each])
    scale = max(map(abs, weights), default=1.0) / _STEPS or 1.0
    return WordModel(array("b", [round(each / scale) for each in weights]), scale, bias, 0.0, 0.0)


def crossed(samples: Sequence[Sample], folds: int = 5, seed: int = 9) -> Iterator[tuple[Sample, float]]:
    """Each sample with the score that a model gives it which has never seen it, nor its equals."""
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
    """The lowest threshold that no more than this share of harmless texts reaches."""
    ordered = sorted(scores, reverse=True)
    allowed = int(share * len(ordered))
    return ordered[allowed] + 1e-6 if allowed < len(ordered) else ordered[-1]


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of attacks that were found and of harmless texts that were taken for one."""

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
    """Of samples with what was said of them."""
    attacks = [said for each, said in judged if each.attack]
    harmless = [said for each, said in judged if not each.attack]
    return Rates(len(attacks), sum(attacks), len(harmless), sum(harmless))


def with_thresholds(model: WordModel, threshold: float, strict: float) -> WordModel:
    """The same weights, told from where on a score counts."""
    return replace(model, threshold=threshold, strict=strict)
