"""A budget for extra attempts: earned by calls, spent on everything beyond one attempt a call."""


class Budget:
    """A token bucket that time does not fill: over any run, spent ≤ share × calls + reserve.

    The idea is Finagle's (https://twitter.github.io/finagle/guide/Clients.html#retries): retries that are a
    share of the calls cannot multiply an outage, however many callers meet it.
    """

    __slots__ = ("_left", "_most", "share")

    def __init__(self, share: float, reserve: float) -> None:
        """`share` of extra attempts a call, of which those of a thousand calls are kept at most.

        `reserve` of them are there before any was earned.
        """
        self.share = share
        self._left = float(reserve)
        self._most = reserve + 1000 * share

    @property
    def left(self) -> int:
        """How many extra attempts could be made now."""
        return int(self._left + 1e-9)

    def earn(self) -> None:
        """A call began."""
        left = self._left + self.share
        self._left = left if left < self._most else self._most

    def spend(self) -> bool:
        """Take one extra attempt; False when there is none."""
        if self._left + 1e-9 < 1.0:
            return False
        self._left -= 1.0
        return True
