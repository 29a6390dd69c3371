"""Inspects pieces of an answer off the event loop, in the order in which they arrived."""

import asyncio
from collections import deque
from collections.abc import Callable

Look = Callable[[bytes], bytes]


class Aside:
    """A queue of them. Each is looked at once, also where whoever waited for that was cancelled."""

    __slots__ = ("_work", "pieces")

    def __init__(self) -> None:
        self.pieces: deque[tuple[Look, bytes]] = deque()  # that wait; looked at and not changed by others
        self._work: asyncio.Future[bytes] | None = None  # on the first one

    def add(self, look: Look, data: bytes) -> None:
        """It waits until those before it are done."""
        self.pieces.append((look, data))

    async def first(self) -> Look:
        """When the first one was looked at: what gives, or raises, what became of it. It waits no longer."""
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
        """The first one, for whoever cannot wait."""
        return self.pieces.popleft()


def _heard(work: asyncio.Future[bytes]) -> None:
    """What it raised is nobody's where its caller has left."""
    if not work.cancelled():
        work.exception()
