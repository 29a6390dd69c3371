"""The one task that answers a connection's calls, one after the other.

A task for each would cost a twentieth of a call: asyncio enters every task into a list of all there are.
"""

import asyncio

from gateway.door.exchange import Exchange


class Attendant:
    """Answers a first exchange, then each that it is given while it is free."""

    __slots__ = ("_dismissed", "_loop", "_next", "task")

    def __init__(self, loop: asyncio.AbstractEventLoop, exchange: Exchange) -> None:
        self._loop = loop
        self._next: asyncio.Future[Exchange | None] | None = None  # what it waits for while it is free
        self._dismissed = False
        self.task = loop.create_task(self._attend(exchange))

    @property
    def free(self) -> bool:
        """Whether it can be given another exchange."""
        return self._next is not None and not self._next.done()

    def give(self, exchange: Exchange) -> None:
        """The next exchange, for one that is free."""
        assert self._next is not None
        self._next.set_result(exchange)

    def dismiss(self) -> None:
        """Nothing more comes: it goes, when what it is at is answered."""
        self._dismissed = True
        if self._next is not None and not self._next.done():
            self._next.set_result(None)

    async def _attend(self, first: Exchange) -> None:
        exchange: Exchange | None = first
        while exchange is not None:
            await exchange.request.endpoint(exchange)
            # Whoever cancels means the call at hand, and none that comes after it.
            if self._dismissed or self.task.cancelling():
                return
            self._next = self._loop.create_future()
            exchange = await self._next
            self._next = None
