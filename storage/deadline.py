"""A deadline that only counts time in which the event loop could have read the answer.

A loop that is busy for longer than a store may take finds the timer due and the answer there in one turn, and
sees to the timer first. A store would then be called slow for what this process did not get round to.
"""

import asyncio
from types import TracebackType

_PARTS = 20  # turns of the loop, at least, before it has passed


class Deadline:
    """`asyncio.timeout` for so many seconds, each part of which ends in a turn of its own."""

    __slots__ = ("_left", "_part", "_timeout", "_timer")

    def __init__(self, seconds: float) -> None:
        self._part = seconds / _PARTS
        self._left = _PARTS

    async def __aenter__(self) -> None:
        self._timeout = asyncio.timeout(None)
        await self._timeout.__aenter__()
        self._timer = asyncio.get_running_loop().call_later(self._part, self._passed)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Raises TimeoutError in place of the cancellation by which it ended the block."""
        self._timer.cancel()
        await self._timeout.__aexit__(kind, error, trace)

    def _passed(self) -> None:
        self._left -= 1
        loop = asyncio.get_running_loop()
        if self._left:
            self._timer = loop.call_later(self._part, self._passed)
        else:
            self._timeout.reschedule(loop.time())
