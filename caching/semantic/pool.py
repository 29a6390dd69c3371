"""The error bound over all processes together, from the counts that each publishes."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from caching.semantic.bound import wrong_given

RISK = 0.05  # the probability that a bound is ever wrong, over all time and all lives of all processes


class Count(msgspec.Struct, frozen=True, array_like=True):
    """The answers that one process has served in its threshold's current life (since its last reset)."""

    life: int = 1  # the number of this life, from 1
    first: int = 0  # the first answers, which are all checked
    first_wrong: int = 0
    given: int = 0  # later answers
    found: int = 0  # later answers checked and found wrong, and checks under way
    told: int = 0  # answers reported as wrong
    share: float = 1.0  # the probability that a later answer is checked


class Pool(NamedTuple):
    """With 95 % confidence, at most the share `bound` of the `given` answers was wrong."""

    processes: int
    given: int
    bound: float


def pooled(counts: Sequence[tuple[int, Count]]) -> Pool:
    """The bound over these counts, each with its process's ordinal number: 1, 2, …

    Each draw of a check is independent of everything before it in all processes, so the product that bounds
    one process's answers bounds all of them. No count may depend on another that is missing here: a process
    therefore publishes its count before others learn the outcome of its checks. The smallest share of checks
    is assumed for all, which is safe: more checks can only find more.
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
    """The share of the risk for this life of this process; all lives of a process sum to 1.

    If all processes are in their first life, at least half of the risk remains, however many they are.
    """
    rare = 1 / (number + 1) ** 2
    return 1 - rare if life == 1 else rare / (life * (life - 1))
