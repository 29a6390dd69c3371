"""Purges during calls in flight, whose answers must not be stored afterwards."""

from collections import deque
from collections.abc import Callable

from caching.purging import Doomed
from gateway.caching.sought import Sought

_MOST = 1000  # orders; beyond that every call is taken for meant that came before one forgotten
_SECONDS = 3600.0  # which no call takes


class Purged:
    """The latest orders, each with the moment at which it was heard."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._clock = monotonic
        self._orders: deque[tuple[float, Doomed]] = deque()
        self._all_before = float("-inf")

    def note(self, doomed: Doomed) -> None:
        """All that is asked so far, and is meant by this, is not to be kept when it comes."""
        now = self._clock()
        orders = self._orders
        while orders and (len(orders) >= _MOST or orders[0][0] < now - _SECONDS):
            self._all_before = orders.popleft()[0]
        orders.append((now, doomed))

    def meant(self, sought: Sought) -> bool:
        """Whether this call, or all that were made by then, were purged since it came."""
        if not self._orders:
            return False
        arrived = sought.cleared.call.arrived
        if arrived <= self._all_before:
            return True
        return any(at >= arrived and doomed(sought.fingerprint, sought) for at, doomed in self._orders)
