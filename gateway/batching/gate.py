"""How many batch lines are in flight at once: fewer while callers wait for answers."""

import asyncio
from collections.abc import Callable

_LOOK_SECONDS = 0.05  # between checks of whether callers have left


def room(most: int, callers: int) -> int:
    """How many lines may be in flight: each open caller request takes one slot, but one line always may."""
    return max(1, most - callers)


class Gate:
    """Limits the lines in flight. `most` and `callers` are read on every check, since both change."""

    def __init__(self, most: Callable[[], int], callers: Callable[[], int]) -> None:
        self.inside = 0
        self._most = most
        self._callers = callers
        self._left = asyncio.Event()

    async def enter(self) -> None:
        """Wait for a slot and take it."""
        while self.inside >= room(self._most(), self._callers()):
            self._left.clear()
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._left.wait()
            except TimeoutError:
                continue
        self.inside += 1

    def leave(self) -> None:
        """Release the slot."""
        self.inside -= 1
        self._left.set()
