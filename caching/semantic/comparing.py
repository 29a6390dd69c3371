"""Picks the candidate whose answer fits a text best, judged by the texts alone."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from caching.semantic.features import features, overlap
from caching.semantic.rarity import Rarity
from caching.semantic.shelves import Entry
from caching.semantic.traits import Traits, contradiction, difference

Verify = Literal["strict", "facts", "off"]
_LETTERS_COUNT = 0.1  # weight of shared words, added to the cosine, in the order of candidates


class Candidate(NamedTuple):
    """An indexed text with an answer that may fit."""

    entry: Entry
    cosine: float
    figures: tuple[float, ...]  # of `features`
    alike: bool  # whether verification found no difference
    reason: str  # the difference; "" if alike


def best(
    asked: Traits, found: Sequence[tuple[Entry, float]], verify: Verify, rarity: Rarity, floor: float = -1.0
) -> Candidate | None:
    """The nearest text that verification finds alike, else the nearest; None if all are below `floor`.
    `found`: texts with their cosines, the nearest first.
    """
    judged = sorted(
        (
            (cosine + _LETTERS_COUNT * overlap(asked, entry.traits), cosine, entry)
            for entry, cosine in found
            if cosine >= floor
        ),
        key=lambda each: -each[0],
    )
    first: tuple[Entry, float, str] | None = None
    for _, cosine, entry in judged:
        reason = differs(asked, entry.traits, verify)
        if not reason:
            first = (entry, cosine, "")
            break
        first = first or (entry, cosine, reason)
    if first is None:
        return None
    entry, cosine, reason = first
    others = [near for each, near in found if each is not entry]
    figures = features(asked, entry.traits, cosine, rarity, others)
    return Candidate(entry, cosine, figures, not reason, reason)


def differs(asked: Traits, other: Traits, verify: Verify) -> str:
    """What differs by the operator's rules; "" if nothing does."""
    if verify == "strict":
        return difference(asked, other)
    return contradiction(asked, other) if verify == "facts" else ""


def same_answer(one: str, other: str, one_traits: Traits, other_traits: Traits, cosine: float | None) -> bool:
    """Whether two answers say the same. `cosine`: of the answers; None: only equal ones do."""
    if " ".join(one.split()).casefold() == " ".join(other.split()).casefold():
        return True
    if cosine is None:
        return False
    short = max(len(one_traits.tokens), len(other_traits.tokens)) <= _SHORT
    if short and (
        one_traits.numbers != other_traits.numbers or set(one_traits.names) ^ set(other_traits.names)
    ):
        return False
    return cosine >= (_ALIKE_SHORT if short else _ALIKE)


_SHORT = 12  # tokens up to which an answer is taken for one fact: each number and name counts
_ALIKE_SHORT = 0.9
_ALIKE = 0.85
