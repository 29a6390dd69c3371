"""Recent latencies, and after how long a call counts as late."""

KEPT = 256  # values
FEWEST = 40  # values needed before `late_ms` is known
_EVERY = 16  # values after which it is computed again


class Recent:
    """A target's latest times to first content, in milliseconds."""

    __slots__ = ("_due", "_next", "_values", "late_ms")

    def __init__(self) -> None:
        self._values: list[float] = []
        self._next = 0
        self._due = FEWEST
        self.late_ms = 0.0  # see `reckoned`; 0: unknown

    def add(self, ms: float) -> None:
        """Add a value; beyond KEPT, the oldest is dropped."""
        if len(self._values) < KEPT:
            self._values.append(ms)
        else:
            self._values[self._next] = ms
            self._next = (self._next + 1) % KEPT
        self._due -= 1
        if self._due <= 0:
            self._due = _EVERY
            self.late_ms = reckoned(self._values)


def reckoned(values: list[float]) -> float:
    """When a call is late: the 95th percentile, but at most twice the 80th.

    If about one call in twenty hangs, the 95th percentile jumps between that of normal and of hanging calls;
    waiting as long as the latter take would be useless.
    """
    ordered = sorted(values)
    return min(ordered[int(len(ordered) * 0.95)], 2 * ordered[int(len(ordered) * 0.8)])
