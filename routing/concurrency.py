"""The number of concurrent calls that suits a target, found from their latency."""

from math import sqrt

START = 16.0
TOLERANCE = 2.0  # times what it takes at best, up to which a latency is no sign of a queue
_SHORT = 0.1  # the weight of the latest value
_FASTER, _SLOWER = 0.1, 0.0001  # the same for what it takes at best: a queue must not pass for usual
_SMOOTH = 0.2


class Concurrency:
    """A limit that follows the gradient of latencies, or a fixed one.

    Netflix's Gradient2 (https://github.com/Netflix/concurrency-limits): the limit shrinks by the ratio of
    what a call takes at best to what it takes now, and grows by its square root; a failure for want of room
    takes a tenth. A slow average in the place of "at best" forgets in a long overload what is usual.
    """

    __slots__ = ("_best", "_short", "_still", "limit", "most")

    def __init__(self, most: int, *, adaptive: bool) -> None:
        self.most = most
        self.limit = min(START, float(most)) if adaptive else float(most)
        self._still = not adaptive
        self._best = 0.0
        self._short = 0.0

    def took(self, ms: float, inside: int) -> None:
        """A call's first content came after `ms`, while so many were under way."""
        if self._still or ms <= 0.0:
            return
        self._best += (ms - self._best) * (_FASTER if ms < self._best else _SLOWER if self._best else 1.0)
        self._short += (ms - self._short) * (_SHORT if self._short else 1.0)
        if inside * 2 < self.limit:
            return  # what nobody used up says nothing of the limit
        gradient = max(0.5, min(1.0, TOLERANCE * self._best / self._short))
        wanted = self.limit * gradient + sqrt(self.limit)
        self.limit = max(1.0, min(float(self.most), self.limit + (wanted - self.limit) * _SMOOTH))

    def overloaded(self) -> None:
        """It refused a call because it has too many, or did not answer in time."""
        if not self._still:
            self.limit = max(1.0, self.limit * 0.9)
