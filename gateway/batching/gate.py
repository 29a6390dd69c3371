"""How many batch lines are in flight at once: fewer while callers wait for answers."""

import asyncio
from collections.abc import Callable

_LOOK_SECONDS = 0.05  # between looks at whether the callers have gone


def room(most: int, callers: int) -> int:
    """How many lines may be on their way beside so many callers: each takes one's place, one always goes."""
    return max(1, most - callers)


class Gate:
    """Lets lines through. `most` and `callers` are read each time: both change while it stands."""

    def __init__(self, most: Callable[[], int], callers: Callable[[], int]) -> None:
        self.inside = 0
        self._most = most
        self._callers = callers
        self._left = asyncio.Event()

    async def enter(self) -> None:
        """Wait for a place, and take it."""
        while self.inside >= room(self._most(), self._callers()):
            self._left.clear()
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._left.wait()
            except TimeoutError:
                continue
        self.inside += 1

    def leave(self) -> None:
        """Give the place back."""
        self.inside -= 1
        self._left.set()
