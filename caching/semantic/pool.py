"""The error bound over all processes together, from what each reports."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from caching.semantic.bound import wrong_given

RISK = 0.05  # with which what is published may be wrong, at any moment and over all lives of all processes


class Count(msgspec.Struct, frozen=True, array_like=True):
    """What one process has given since its threshold last began anew."""

    life: int = 1  # how often it has begun, counted from 1
    first: int = 0  # answers that are all checked
    first_wrong: int = 0
    given: int = 0  # all others
    found: int = 0  # of those that were checked: wrong ones, and checks under way
    told: int = 0  # wrong ones that somebody told of
    share: float = 1.0  # of the others that is checked


class Pool(NamedTuple):
    """Of `given` answers at most the share `bound` was wrong, with 95 % confidence."""

    processes: int
    given: int
    bound: float


def pooled(counts: Sequence[tuple[int, Count]]) -> Pool:
    """The count of each process, with the number by which it joined: 1, 2, …

    Each draw of a check is independent of all that went before, whichever process made it, so the product
    that bounds one process's answers bounds those of all. The counts must be such that none stands there
    without those on which it may depend: a process leaves its count before others learn what came of its
    checks. The smallest share of checks holds for all, for more checks only find more.
    """
    each = [count for _, count in counts]
    given = sum(count.first + count.given for count in each)
    if not given:
        return Pool(len(counts), 0, 1.0)
    risk = RISK
    for number, count in counts:
        risk *= _weight(number, count.life)
    others, found = sum(count.given for count in each), sum(count.found for count in each)
    share = min(count.share for count in each)
    most = sum(count.first_wrong for count in each) + wrong_given(others, found, share, risk)
    return Pool(len(counts), given, min(1.0, max(most, sum(count.told for count in each)) / given))


def _weight(number: int, life: int) -> float:
    """A part of the risk for each life that a process may be in; all lives of a process come to 1.

    That each process of many is in its first life keeps at least half of the risk.
    """
    rare = 1 / (number + 1) ** 2
    return 1 - rare if life == 1 else rare / (life * (life - 1))
