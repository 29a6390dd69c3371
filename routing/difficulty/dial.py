"""The dial between cost and quality: the share of a team's calls that goes to the strong side."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from config import units
from config.errors import Unfit

RECENT = 1000  # how many calls count as recent

Rules = tuple[tuple[float, float], ...]  # used share of a budget, and the dial from there on; lowest first


def dials(value: object) -> Rules:
    """Parses a mapping such as `{80%: 10%}`."""
    if not isinstance(value, Mapping) or not value:
        raise Unfit("shares of a budget with the dial that holds from there on, such as {80%: 10%}")
    return tuple(sorted((units.share(used), units.share(dial)) for used, dial in value.items()))


def dialled(options: Mapping[str, Any], wish: float | None, drained: float) -> float:
    """The dial for a caller that has used the share `drained` of its budget.

    A matching rule replaces the setting, and is an upper bound for the caller's value.
    """
    set_to: float = options["dial"]
    rules: Rules = options["dial_when"]
    ruled = [dial for used, dial in rules if drained >= used]
    if not ruled:
        return set_to if wish is None else wish
    return ruled[-1] if wish is None else min(wish, ruled[-1])


class Recent:
    """The scores of recent calls, so that a dial means the same share whatever the traffic and the model.

    Starts with the model's own quantiles; each new call replaces one of them.
    """

    __slots__ = ("_borrowed", "_order", "_ranked")

    def __init__(self, quantiles: Sequence[float]) -> None:
        # In steps of 37, so that those that remain are always spread over the whole range.
        count = len(quantiles)
        self._order = deque(quantiles[place * 37 % count] for place in range(count))
        self._borrowed = count
        self._ranked = sorted(self._order)

    def rank(self, score: float) -> float:
        """The share of recent calls that were easier, equal scores counted half; 1 if there are none."""
        if not self._ranked:
            return 1.0
        below, upto = bisect_left(self._ranked, score), bisect_right(self._ranked, score)
        return (below + upto) / 2 / len(self._ranked)

    def add(self, score: float) -> None:
        """Add a call's score."""
        insort(self._ranked, score)
        self._order.append(score)
        if self._borrowed or len(self._order) > RECENT:
            self._borrowed = max(0, self._borrowed - 1)
            gone = self._order.popleft()
            del self._ranked[bisect_left(self._ranked, gone)]
