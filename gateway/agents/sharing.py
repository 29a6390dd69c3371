"""Which version of an agent a caller of a split label gets: stable while the weights are unchanged."""

import math
from hashlib import sha256

from config.toolbox import Split

_RANGE = 1 << 64


def chosen(split: Split, caller: str) -> str:
    """A version by weight. If one's weight grows, callers move only from the others to it.

    Weighted rendezvous hashing: each version draws an exponential time for the caller, at a rate equal to its
    weight, and the earliest wins.
    """
    return min(split.shares, key=lambda share: _waits(split.label, share[0], caller) / share[1])[0]


def _waits(label: str, version: str, caller: str) -> float:
    drawn = sha256("\x1f".join((label, version, caller)).encode()).digest()[:8]
    return -math.log((int.from_bytes(drawn) + 1) / _RANGE)
