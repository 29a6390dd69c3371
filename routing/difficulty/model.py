"""A trained router: weights for words and figures, and how a score is computed."""

import json
import struct
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, sqrt
from operator import itemgetter
from typing import Any, NamedTuple

from routing.difficulty.features import BITS, Features

SLOTS = 1 << BITS
_MAGIC = b"SBR1"
_HEAD = struct.Struct("<4sII")  # magic, bytes of the description, number of slots
_LEVELS = 127  # a weight is stored as a signed byte
_SHIFT = 20  # keeps the weak side's sum apart from the strong one's, for up to 4,100 words
_HALF = 1 << _SHIFT - 1


class Side(NamedTuple):
    """One logistic model: the probability that one side's answer is right."""

    words: "array[float]"  # by slot
    figures: tuple[float, ...]
    bias: float

    def chance(self, seen: Features) -> float:
        """The probability, from 0 to 1; takes some forty microseconds for 2 KB."""
        words = seen.words
        return self.chance_of(_sum(self.words, words) / sqrt(len(words) or 1), seen.figures)

    def chance_of(self, words: float, figures: list[float]) -> float:
        """The same, if the words' part is known."""
        for weight, figure in zip(self.figures, figures, strict=True):
            words += weight * figure
        return logistic(words + self.bias)


class Packed(NamedTuple):
    """Both sides' weights as in a file, packed into one number per slot, so that one lookup finds both.

    Lookups are bound by memory, and two tables of floats are larger.
    """

    words: "array[int]"  # strong << _SHIFT plus weak, each in levels
    scales: tuple[float, float]  # the weight of one level, per side

    def sums(self, words: list[int]) -> tuple[float, float]:
        """The sums of the words' weights on the strong side and on the weak one."""
        total = _sum(self.words, words)
        weak = (total + _HALF & 2 * _HALF - 1) - _HALF
        return (total - weak >> _SHIFT) * self.scales[0], weak * self.scales[1]


def _sum(table: "array[Any]", places: Sequence[int]) -> Any:
    """The sum of the entries at these places, in half the time of a Python loop."""
    if len(places) < 2:
        return sum(map(table.__getitem__, places))  # for one place, itemgetter returns no tuple
    return sum(itemgetter(*places)(table))


@dataclass(frozen=True, slots=True)
class Model:
    """Two logistic models. The score is how much more likely the strong side is right than the weak one.

    The score ranks calls; it is not a probability, so thresholds are quantiles of observed scores.
    """

    strong: Side
    weak: Side
    about: Mapping[str, Any]  # name, labels, made_from, prior, quantiles: for people and for the dial
    packed: Packed | None = None  # only of a loaded model

    @property
    def quantiles(self) -> list[float]:
        """The percentiles of its training examples' scores, lowest to highest."""
        marks: list[float] = self.about.get("quantiles", [])
        return marks

    def score(self, seen: Features) -> float:
        """From -1 to 1: the higher, the more a strong model helps."""
        if self.packed is None:
            return self.strong.chance(seen) - self.weak.chance(seen)
        words, figures = seen.words, seen.figures
        root = sqrt(len(words) or 1)
        strong, weak = self.packed.sums(words)
        return self.strong.chance_of(strong / root, figures) - self.weak.chance_of(weak / root, figures)


def logistic(value: float) -> float:
    """The probability for log-odds, which are clamped to avoid overflow."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, value))))


class BadModel(ValueError):
    """A file that is not a model of this version."""


def dump(model: Model, most: int = SLOTS) -> bytes:
    """The model as bytes, about three per slot; slots with weights that round to zero are left out.

    Beyond `most` slots, those that affect the score least are left out, too.
    """
    sides = (model.strong, model.weak)
    scales = [max(max(map(abs, side.words)), 1e-9) / _LEVELS for side in sides]
    rounded = [
        [round(weight / scale) for weight in side.words] for side, scale in zip(sides, scales, strict=True)
    ]
    kept = [slot for slot in range(SLOTS) if rounded[0][slot] or rounded[1][slot]]
    if len(kept) > most:
        strong, weak = model.strong.words, model.weak.words
        kept.sort(key=lambda slot: -abs(strong[slot] - weak[slot]) - 0.5 * abs(strong[slot] + weak[slot]))
        kept = sorted(kept[:most])
    written = {
        **model.about,
        "scales": scales,
        "figures": [[round(weight, 6) for weight in side.figures] for side in sides],
        "bias": [side.bias for side in sides],
    }
    told = json.dumps(written).encode()
    gaps = b"".join(struct.pack("<I", gap)[:3] for gap in _gaps(kept))
    weights = b"".join(struct.pack(f"{len(kept)}b", *(side[slot] for slot in kept)) for side in rounded)
    return _HEAD.pack(_MAGIC, len(told), len(kept)) + zlib.compress(told + gaps + weights, 9)


def _gaps(slots: Iterable[int]) -> list[int]:
    """The distances between slots: small numbers compress well."""
    gaps, before = [], 0
    for slot in slots:
        gaps.append(slot - before)
        before = slot
    return gaps


def load(data: bytes) -> Model:
    """Reads a model that `dump` wrote. Raises BadModel."""
    try:
        magic, told, count = _HEAD.unpack_from(data)
        if magic != _MAGIC or count > SLOTS:
            raise BadModel("this is no router model of this version")
        body = zlib.decompress(data[_HEAD.size :])
        about = json.loads(body[:told])
        weights = struct.unpack_from(f"{2 * count}b", body, told + 3 * count)
        gaps = [
            int.from_bytes(body[place : place + 3], "little") for place in range(told, told + 3 * count, 3)
        ]
        packed = Packed(array("i", bytes(4 * SLOTS)), (about["scales"][0], about["scales"][1]))
        sides = [array("f", bytes(4 * SLOTS)), array("f", bytes(4 * SLOTS))]
        for place, slot in enumerate(accumulate(gaps)):
            strong, weak = weights[place], weights[count + place]
            packed.words[slot] = (strong << _SHIFT) + weak
            sides[0][slot], sides[1][slot] = strong * packed.scales[0], weak * packed.scales[1]
        strong_side, weak_side = (
            Side(words, tuple(figures), bias)
            for words, figures, bias in zip(sides, about["figures"], about["bias"], strict=True)
        )
        return Model(strong_side, weak_side, about, packed)
    except (struct.error, zlib.error, ValueError, KeyError, IndexError, TypeError) as error:
        raise BadModel(f"this is no router model of this version ({error})") from error
