"""One dial from cost to quality: which share of a team's calls asks the strong side."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Sequence

RECENT = 1000  # calls that count as late


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
