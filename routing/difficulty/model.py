"""What a trained router is: weights for words and figures, and how a score comes of them."""

import json
import struct
import zlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, sqrt
from typing import Any, NamedTuple

from routing.difficulty.features import BITS, Features

SLOTS = 1 << BITS
_MAGIC = b"SBR1"
_HEAD = struct.Struct("<4sII")  # magic, bytes of the description, number of slots
_LEVELS = 127  # a weight is kept as a signed byte


class Side(NamedTuple):
    """One logistic model: the chance that one side's answer is right."""

    words: "array[float]"  # by slot
    figures: tuple[float, ...]
    bias: float

    def chance(self, seen: Features) -> float:
        """From 0 to 1; some forty microseconds for 2 KB."""
        words = seen.words
        total = sum(map(self.words.__getitem__, words)) / sqrt(len(words) or 1)
        for weight, figure in zip(self.figures, seen.figures, strict=True):
            total += weight * figure
        return logistic(total + self.bias)


@dataclass(frozen=True, slots=True)
class Model:
    """Two logistic models. The score is how much likelier the strong side is right than the weak one.

    The score orders calls; it is no probability of anything, so thresholds are quantiles of scores seen.
    """

    strong: Side
    weak: Side
    about: Mapping[str, Any]  # name, labels, made_from, prior, quantiles: for people and for the dial

    @property
    def quantiles(self) -> list[float]:
        """Scores of what it learned from, lowest to highest, in steps of a hundredth."""
        marks: list[float] = self.about.get("quantiles", [])
        return marks

    def score(self, seen: Features) -> float:
        """From -1 to 1: the higher, the more a strong model is worth."""
        return self.strong.chance(seen) - self.weak.chance(seen)


def logistic(value: float) -> float:
    """The chance that log-odds stand for; the ends are held away from overflow."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, value))))


class BadModel(ValueError):
    """A file that is no model of this version."""


def dump(model: Model, most: int = SLOTS) -> bytes:
    """The model as bytes, about three a slot; slots whose weights round to nothing are left out.

    Of more than `most` slots those that move the score least are left out too.
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
    """How far it is from each slot to the next; small numbers compress well."""
    gaps, before = [], 0
    for slot in slots:
        gaps.append(slot - before)
        before = slot
    return gaps


def load(data: bytes) -> Model:
    """The model of these bytes. Raises BadModel."""
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
        sides = []
        for number in (0, 1):
            words, slot = array("f", bytes(4 * SLOTS)), 0
            for place, gap in enumerate(gaps):
                slot += gap
                words[slot] = weights[number * count + place] * about["scales"][number]
            sides.append(Side(words, tuple(about["figures"][number]), about["bias"][number]))
        return Model(sides[0], sides[1], about)
    except (struct.error, zlib.error, ValueError, KeyError, IndexError, TypeError) as error:
        raise BadModel(f"this is no router model of this version ({error})") from error
