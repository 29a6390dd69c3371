"""Serialises a text and its vector for storing with an answer, and restores them."""

from collections.abc import Sequence

import numpy as np

from caching.kept import Asked, Kept
from caching.semantic.shelves import Array, Entry
from caching.semantic.traits import traits
from caching.semantic.wording import bare

_NUMBER = np.dtype("<f2")  # changes a cosine of 384-number vectors by less than 0.0005
_LENGTHS = 0.9, 1.1  # accepted for a vector that had length one


def packed(scope: bytes, entry: Entry, vector: Array) -> Asked:
    """An indexed text in the form that is stored with its answer."""
    return Asked(scope, entry.text, vector.astype(_NUMBER).tobytes())


def unpacked(
    fingerprints: Sequence[bytes], answers: Sequence[Kept | None]
) -> list[tuple[bytes, Entry, Array]]:
    """The texts of answers, as (scope, entry, vector); answers without a valid one are skipped."""
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
