"""Serialises a text and its vector for storing with an answer, and restores them."""

from collections.abc import Sequence

import numpy as np

from caching.kept import Asked, Kept
from caching.semantic.shelves import Array, Entry
from caching.semantic.traits import traits
from caching.semantic.wording import bare

_NUMBER = np.dtype("<f2")  # a cosine of texts with 384 numbers moves by less than 0.0005
_LENGTHS = 0.9, 1.1  # of a vector that was of length one


def packed(scope: bytes, entry: Entry, vector: Array) -> Asked:
    """What is kept of a text beside its answer."""
    return Asked(scope, entry.text, vector.astype(_NUMBER).tobytes())


def unpacked(
    fingerprints: Sequence[bytes], answers: Sequence[Kept | None]
) -> list[tuple[bytes, Entry, Array]]:
    """The texts of answers, each between its scope and its vector; what is not as it should be has none."""
    found: list[tuple[bytes, Entry, Array]] = []
    for fingerprint, kept in zip(fingerprints, answers, strict=True):
        asked = None if kept is None else kept.asked
        if asked is None or len(asked.vector) % _NUMBER.itemsize:
            continue
        vector = np.frombuffer(asked.vector, _NUMBER).astype(np.float32)
        length = np.linalg.norm(vector)
        if _LENGTHS[0] < length < _LENGTHS[1]:
            entry = Entry(fingerprint, asked.text, traits(asked.text), hash(bare(asked.text)))
            found.append((asked.scope, entry, vector / length))
    return found
