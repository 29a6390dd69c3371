"""A deadline that only counts time in which the event loop could have read the answer.

If the loop is blocked for longer than the deadline, it finds the timer due and the answer ready in the same
turn, and handles the timer first: a fast store would be called slow for this process's own delay.
"""

import asyncio
from types import TracebackType

_PARTS = 20  # the least number of turns of the loop before it expires


class Deadline:
    """`asyncio.timeout` in parts, each of which ends in a separate turn of the event loop."""

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
        """Raises TimeoutError in place of its own cancellation of the block."""
        self._timer.cancel()
        await self._timeout.__aexit__(kind, error, trace)

    def _passed(self) -> None:
        self._left -= 1
        loop = asyncio.get_running_loop()
        if self._left:
            self._timer = loop.call_later(self._part, self._passed)
        else:
            self._timeout.reschedule(loop.time())
