"""Inspects pieces of an answer off the event loop, in the order in which they arrived."""

import asyncio
from collections import deque
from collections.abc import Callable

Look = Callable[[bytes], bytes]


class Aside:
    """A queue of pieces. Each is inspected once, even if the waiting task was cancelled."""

    __slots__ = ("_work", "pieces")

    def __init__(self) -> None:
        self.pieces: deque[tuple[Look, bytes]] = deque()  # queued; read-only for others
        self._work: asyncio.Future[bytes] | None = None  # the inspection of the first one

    def add(self, look: Look, data: bytes) -> None:
        """Queues a piece."""
        self.pieces.append((look, data))

    async def first(self) -> Look:
        """Inspects and removes the first piece; returns a function that returns or raises the result."""
        if self._work is None:
            look, data = self.pieces[0]
            self._work = asyncio.get_running_loop().run_in_executor(None, look, data)
            self._work.add_done_callback(_heard)
        work = self._work
        await asyncio.wait([work])
        self._work = None
        self.pieces.popleft()
        return lambda _: work.result()

    def now(self) -> tuple[Look, bytes]:
        """Removes and returns the first piece, for a caller that cannot wait."""
        return self.pieces.popleft()


def _heard(work: asyncio.Future[bytes]) -> None:
    """Retrieves the exception, which asyncio would report if the caller has left."""
    if not work.cancelled():
        work.exception()
