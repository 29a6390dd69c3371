"""The one task that answers a connection's calls, one after another.

A task per call would cost a twentieth of a call's time: asyncio registers every task in a global set.
"""

import asyncio

from gateway.door.exchange import Exchange


class Attendant:
    """Answers its first exchange, then each one it is given while it is free."""

    __slots__ = ("_dismissed", "_loop", "_next", "task")

    def __init__(self, loop: asyncio.AbstractEventLoop, exchange: Exchange) -> None:
        self._loop = loop
        self._next: asyncio.Future[Exchange | None] | None = None  # awaited while it is free
        self._dismissed = False
        self.task = loop.create_task(self._attend(exchange))

    @property
    def free(self) -> bool:
        """Whether it can be given another exchange."""
        return self._next is not None and not self._next.done()

    def give(self, exchange: Exchange) -> None:
        """Hand over the next exchange; only if `free`."""
        assert self._next is not None
        self._next.set_result(exchange)

    def dismiss(self) -> None:
        """No more exchanges will come: the task ends once the current one is answered."""
        self._dismissed = True
        if self._next is not None and not self._next.done():
            self._next.set_result(None)

    async def _attend(self, first: Exchange) -> None:
        exchange: Exchange | None = first
        while exchange is not None:
            await exchange.request.endpoint(exchange)
            # A cancellation is meant for this call: the task must not go on to another.
            if self._dismissed or self.task.cancelling():
                return
            self._next = self._loop.create_future()
            exchange = await self._next
            self._next = None
