"""The database's clock, shared by all processes, so that a wrong local clock does no harm."""

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import text

from storage.engine import Database
from storage.errors import StoreError

_SET_EVERY = 5.0  # seconds
_NOW = text("SELECT extract(epoch FROM clock_timestamp())::float8 AS seconds")
_SLOWEST = 1.0  # seconds; a slower answer does not adjust a clock that is already set


class SharedClock:
    """Unix seconds: PostgreSQL's after the first `set`, this machine's before that and with SQLite.

    Between queries it advances by the machine's monotonic clock, which is never adjusted.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self._began: float | None = None  # PostgreSQL's time at monotonic time 0

    def __call__(self) -> float:
        return self._clock() if self._began is None else self._began + self._monotonic()

    async def set(self) -> None:
        """Query the database. If it raises StoreError, the clock continues as before."""
        if self._database.dialect != "postgresql":
            return
        before = self._monotonic()
        [row] = await self._database.fetch(_NOW)
        after = self._monotonic()
        if self._began is None or after - before < _SLOWEST:
            self._began = row.seconds - (before + after) / 2

    async def run(self) -> None:
        """Call `set` every five seconds until cancelled; returns at once with SQLite."""
        while self._database.dialect == "postgresql":
            try:
                await self.set()
            except StoreError:
                pass  # without the database nothing can be claimed either
            await asyncio.sleep(_SET_EVERY)
