"""Wakes those who follow a run in this process when an event was appended."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Bell:
    """Wakes followers on this process's appends only: for those of others, they must also poll."""

    def __init__(self) -> None:
        self._listening: dict[str, set[asyncio.Event]] = {}

    def ring(self, run_id: str) -> None:
        """Signal that events were appended to the run."""
        for heard in self._listening.get(run_id, ()):
            heard.set()

    @contextmanager
    def listening(self, run_id: str) -> Iterator[asyncio.Event]:
        """An event that is set at each ring, until the block ends."""
        heard = asyncio.Event()
        others = self._listening.setdefault(run_id, set())
        others.add(heard)
        try:
            yield heard
        finally:
            others.discard(heard)
            if not others:
                self._listening.pop(run_id, None)


async def passed(heard: asyncio.Event, seconds: float) -> None:
    """Wait for a ring, for at most this many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await heard.wait()
    except TimeoutError:
        return
