"""Embeddings by feature hashing: equal texts have equal vectors, and texts that share words are close."""

import re
from array import array
from hashlib import blake2b
from itertools import pairwise
from math import sqrt

_WORDS = re.compile(r"\w+")
_SIZE = 32  # bytes of hash per feature: eight components, four bytes each
_WHOLE = 0.25  # weight of the exact text, which distinguishes texts with the same words


def embed(text: str, dimensions: int, seed: int) -> "array[float]":
    """A float32 vector of length one that depends only on the text, the dimensions and the seed."""
    places: dict[int, float] = {}
    key = (b"%d" % seed)[:64]
    words = _WORDS.findall(text.lower())
    for feature in words + [f"{left} {right}" for left, right in pairwise(words)]:
        _add(places, dimensions, blake2b(b"w" + feature.encode(), key=key, digest_size=_SIZE).digest(), 1.0)
    _add(places, dimensions, blake2b(b"t" + text.encode(), key=key, digest_size=_SIZE).digest(), _WHOLE)
    norm = sqrt(sum(value * value for value in places.values()))
    if norm == 0.0:  # all components cancelled out
        places[0] = norm = 1.0
    vector = array("f", bytes(4 * dimensions))
    for place, value in places.items():
        vector[place] = value / norm
    return vector


def _add(places: dict[int, float], dimensions: int, digest: bytes, weight: float) -> None:
    for start in range(0, _SIZE, 4):
        bits = int.from_bytes(digest[start : start + 4], "little")
        place = (bits >> 1) % dimensions
        places[place] = places.get(place, 0.0) + (weight if bits & 1 else -weight)
