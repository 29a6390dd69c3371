"""Purge orders: the texts by which processes tell each other which answers to delete."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Literal, Protocol

from caching.controls import as_tag
from caching.kept import Kept
from config.kinds import Operation

What = Literal["all", "key", "model", "tag", "team"]


class Purgeable(Protocol):
    """The facts by which a purge selects an answer that is stored or being generated."""

    @property
    def team(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def tags(self) -> tuple[str, ...]: ...


Doomed = Callable[[bytes, Purgeable], bool]

_PREFIX = "cache:"
_NOBODY = "\0"  # not the name of any team or model
# Stands for an answer that cannot be decrypted here: only orders for its own key, or for all, match it.
UNREADABLE = Kept(
    Operation.CHAT, False, False, b"", b"", "", "", None, 0, None, 1, 0.0, 0.0, 0.0, "", _NOBODY, _NOBODY
)
KEY_DIGITS = 32  # hexadecimal digits of a fingerprint shown in the trail


def order(what: What, value: str = "") -> str:
    """The order's text, at most 64 characters for any value. For `key`: the fingerprint's beginning."""
    return f"{_PREFIX}{what}:{_digest(as_tag(value) if what == 'tag' else value)}"


def doomed(orders: Iterable[str]) -> Doomed | None:
    """A predicate: whether any of these orders matches an answer. None if none of them is a cache order."""
    meant = {each for each in orders if each.startswith(_PREFIX)}
    if not meant:
        return None
    if order("all") in meant:
        return lambda fingerprint, kept: True
    return lambda fingerprint, kept: not meant.isdisjoint(_orders(fingerprint, kept))


def doomed_by(orders: Mapping[str, float]) -> Callable[[bytes, Kept], bool]:
    """A predicate: whether an answer was stored no later than an order that matches it (Unix times)."""
    everything = orders.get(order("all"), -inf)

    def meant(fingerprint: bytes, kept: Kept) -> bool:
        times = [orders[each] for each in _orders(fingerprint, kept) if each in orders]
        return kept.at <= max([everything, *times])

    return meant


def _orders(fingerprint: bytes, kept: Purgeable) -> Iterable[str]:
    """Every order that matches this answer, except the one for all."""
    yield order("key", fingerprint.hex()[:KEY_DIGITS])
    yield order("team", kept.team)
    yield order("model", kept.model)
    for tag in kept.tags:
        yield order("tag", tag)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:40]
