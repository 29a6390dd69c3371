"""Recent latencies, and from when on a call counts as slow."""

KEPT = 256  # values
FEWEST = 40  # values from which anything is said
_EVERY = 16  # values, after which it is reckoned again


class Recent:
    """The latest first contents of a target, in milliseconds."""

    __slots__ = ("_due", "_next", "_values", "late_ms")

    def __init__(self) -> None:
        self._values: list[float] = []
        self._next = 0
        self._due = FEWEST
        self.late_ms = 0.0  # see `reckoned`; 0: not known yet

    def add(self, ms: float) -> None:
        """One more value; the oldest is forgotten."""
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
    """The 95th percentile, and no more than twice the 80th.

    Where about one call in twenty hangs, the 95th percentile is now that of those that do not and now that of
    those that do; to wait for as long as these take would help nobody.
    """
    ordered = sorted(values)
    return min(ordered[int(len(ordered) * 0.95)], 2 * ordered[int(len(ordered) * 0.8)])
