"""A budget for extra attempts: earned by calls, spent on every attempt beyond a call's first."""


class Budget:
    """A token bucket filled by calls instead of time: in total, spent ≤ share × calls + reserve.

    After Finagle (https://twitter.github.io/finagle/guide/Clients.html#retries): retries limited to a share
    of the calls cannot multiply an outage, however many callers meet it.
    """

    __slots__ = ("_left", "_most", "share")

    def __init__(self, share: float, reserve: float) -> None:
        """Each call earns `share` extra attempts, accumulated up to those of a thousand calls.

        `reserve` extra attempts are available at the start.
        """
        self.share = share
        self._left = float(reserve)
        self._most = reserve + 1000 * share

    @property
    def left(self) -> int:
        """The extra attempts available now."""
        return int(self._left + 1e-9)

    def earn(self) -> None:
        """Add the share of a call that begins."""
        left = self._left + self.share
        self._left = left if left < self._most else self._most

    def spend(self) -> bool:
        """Take one extra attempt; False if none is left."""
        if self._left + 1e-9 < 1.0:
            return False
        self._left -= 1.0
        return True
