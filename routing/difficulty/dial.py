"""The dial between cost and quality: the share of a team's calls that goes to the strong side."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from config import units
from config.errors import Unfit

RECENT = 1000  # calls that count as late

Rules = tuple[tuple[float, float], ...]  # from which share of a budget on, which dial; lowest first


def dials(value: object) -> Rules:
    """A mapping such as `{80%: 10%}`."""
    if not isinstance(value, Mapping) or not value:
        raise Unfit("shares of a budget with the dial that holds from there on, such as {80%: 10%}")
    return tuple(sorted((units.share(used), units.share(dial)) for used, dial in value.items()))


def dialled(options: Mapping[str, Any], wish: float | None, drained: float) -> float:
    """The dial for a caller of whose budget such a share is used.

    A budget's rule takes the place of the setting, and a caller's wish cannot go beyond it.
    """
    set_to: float = options["dial"]
    rules: Rules = options["dial_when"]
    ruled = [dial for used, dial in rules if drained >= used]
    if not ruled:
        return set_to if wish is None else wish
    return ruled[-1] if wish is None else min(wish, ruled[-1])


class Recent:
    """The scores of late calls, so that a dial means the same share whatever the traffic and the model.

    Begins with the model's own quantiles, of which one goes with every call that comes.
    """

    __slots__ = ("_borrowed", "_order", "_ranked")

    def __init__(self, quantiles: Sequence[float]) -> None:
        # Every 37th first: however few are left, they are spread over all of them.
        count = len(quantiles)
        self._order = deque(quantiles[place * 37 % count] for place in range(count))
        self._borrowed = count
        self._ranked = sorted(self._order)

    def rank(self, score: float) -> float:
        """The share of late calls that were easier, equals counted half; 1 when there were none."""
        if not self._ranked:
            return 1.0
        below, upto = bisect_left(self._ranked, score), bisect_right(self._ranked, score)
        return (below + upto) / 2 / len(self._ranked)

    def add(self, score: float) -> None:
        """A call came."""
        insort(self._ranked, score)
        self._order.append(score)
        if self._borrowed or len(self._order) > RECENT:
            self._borrowed = max(0, self._borrowed - 1)
            gone = self._order.popleft()
            del self._ranked[bisect_left(self._ranked, gone)]
