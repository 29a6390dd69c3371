"""The number of concurrent calls that suits a target, found from their latency."""

from math import sqrt

START = 16.0
TOLERANCE = 2.0  # multiple of the best latency up to which no queue is assumed
_SHORT = 0.1  # the weight of the latest value
_FASTER, _SLOWER = 0.1, 0.0001  # the same for the best latency: a queue must not seem usual
_SMOOTH = 0.2


class Concurrency:
    """A concurrency limit that follows the gradient of latencies, or a fixed one.

    After Netflix's Gradient2 (https://github.com/Netflix/concurrency-limits): the limit shrinks by the ratio
    of the best latency to the current one, and grows by its square root; an overload failure costs a tenth.
    Gradient2's slow average, in place of the best latency, would adapt to a long overload.
    """

    __slots__ = ("_best", "_short", "_still", "limit", "most")

    def __init__(self, most: int, *, adaptive: bool) -> None:
        self.most = most
        self.limit = min(START, float(most)) if adaptive else float(most)
        self._still = not adaptive
        self._best = 0.0
        self._short = 0.0

    def took(self, ms: float, inside: int) -> None:
        """A call's first content came after `ms`, with `inside` calls in flight."""
        if self._still or ms <= 0.0:
            return
        self._best += (ms - self._best) * (_FASTER if ms < self._best else _SLOWER if self._best else 1.0)
        self._short += (ms - self._short) * (_SHORT if self._short else 1.0)
        if inside * 2 < self.limit:
            return  # a limit that is hardly used cannot be judged
        gradient = max(0.5, min(1.0, TOLERANCE * self._best / self._short))
        wanted = self.limit * gradient + sqrt(self.limit)
        self.limit = max(1.0, min(float(self.most), self.limit + (wanted - self.limit) * _SMOOTH))

    def overloaded(self) -> None:
        """The target refused a call as overloaded or rate-limited, or failed to answer it."""
        if not self._still:
            self.limit = max(1.0, self.limit * 0.9)
