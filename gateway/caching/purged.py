"""Purges during calls in flight, whose answers must not be stored afterwards."""

from collections import deque
from collections.abc import Callable

from caching.purging import Doomed
from gateway.caching.sought import Sought

_MOST = 1000  # orders remembered; calls older than a dropped order count as purged
_SECONDS = 3600.0  # longer than any call takes


class Purged:
    """The latest purge orders, each with the time of its receipt."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._clock = monotonic
        self._orders: deque[tuple[float, Doomed]] = deque()
        self._all_before = float("-inf")

    def note(self, doomed: Doomed) -> None:
        """Record an order: the answers of matching calls made so far must not be stored."""
        now = self._clock()
        orders = self._orders
        while orders and (len(orders) >= _MOST or orders[0][0] < now - _SECONDS):
            self._all_before = orders.popleft()[0]
        orders.append((now, doomed))

    def meant(self, sought: Sought) -> bool:
        """Whether an order since this call's arrival matches it, or may: it may have been dropped."""
        if not self._orders:
            return False
        arrived = sought.cleared.call.arrived
        if arrived <= self._all_before:
            return True
        return any(at >= arrived and doomed(sought.fingerprint, sought) for at, doomed in self._orders)
