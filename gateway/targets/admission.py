"""Limits the calls in flight at a target; further calls queue, or are told when to retry."""

import asyncio
from collections import deque
from collections.abc import Callable
from math import ceil

from gateway.errors import NO_RETRY, Overloaded
from routing.concurrency import Concurrency

PRIORITIES = ("interactive", "batch")  # the first is served first
_WEIGHT = 0.2  # of the latest interval between two calls that ended


class Gate:
    """One target's queue. Interactive calls go before batch calls, each kind first in, first out."""

    __slots__ = ("_ended", "_interval", "_monotonic", "_queues", "concurrency", "inside")

    def __init__(self, concurrency: Concurrency, monotonic: Callable[[], float]) -> None:
        self.concurrency = concurrency
        self.inside = 0
        self._monotonic = monotonic
        self._queues: tuple[deque[asyncio.Future[None]], ...] = tuple(deque() for _ in PRIORITIES)
        self._interval = 0.0  # average seconds between calls ending while others wait
        self._ended = 0.0

    @property
    def waiting(self) -> int:
        """The number of queued calls."""
        return sum(map(len, self._queues))

    def take(self) -> bool:
        """Enter if there is room and the queue is empty; False otherwise."""
        if self.inside >= int(self.concurrency.limit) or self.waiting:
            return False
        self.inside += 1
        return True

    async def enter(self, priority: int, seconds: float) -> None:
        """Wait for room, at most `seconds`. Raises Overloaded, at once if the expected wait is longer."""
        if self.take():
            return
        expected = self.expected(priority)
        if expected > seconds:
            raise _overloaded(expected)
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        queue = self._queues[priority]
        queue.append(turn)
        timer = loop.call_later(seconds, self._late, turn, priority)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._out()  # it was admitted at the same moment
            raise
        finally:
            timer.cancel()
            if turn in queue:
                queue.remove(turn)

    def leave(self, first_ms: float, overloaded: bool) -> None:
        """A call has ended; `first_ms`: milliseconds to its first content, 0 if it had none."""
        self.concurrency.took(first_ms, self.inside)
        if overloaded:
            self.concurrency.overloaded()
        now = self._monotonic()
        if self.waiting and self._ended:
            apart = now - self._ended
            self._interval += (apart - self._interval) * (_WEIGHT if self._interval else 1.0)
        self._ended = now
        self._out()

    def expected(self, priority: int) -> float:
        """The expected wait of a call of this priority, in seconds; 0 if that is unknown."""
        ahead = sum(len(queue) for queue in self._queues[: priority + 1])
        return (ahead + 1) * self._interval

    def _out(self) -> None:
        self.inside -= 1
        for queue in self._queues:
            while queue and self.inside < int(self.concurrency.limit):
                turn = queue.popleft()
                if not turn.done():
                    self.inside += 1
                    turn.set_result(None)

    def _late(self, turn: "asyncio.Future[None]", priority: int) -> None:
        if not turn.done():
            turn.set_exception(_overloaded(max(1.0, self.expected(priority))))


def _overloaded(seconds: float) -> Overloaded:
    wait = max(1, ceil(seconds))
    header = (b"retry-after", b"%d" % wait) if wait <= 60 else NO_RETRY
    return Overloaded(
        f"Too many calls are queued for this model; this one would wait about {wait} s. Try again then.",
        headers=(header,),
    )
