"""The database's clock, shared by all processes, so that a wrong local clock does no harm."""

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import text

from storage.engine import Database
from storage.errors import StoreError

_SET_EVERY = 5.0  # seconds
_NOW = text("SELECT extract(epoch FROM clock_timestamp())::float8 AS seconds")
_SLOWEST = 1.0  # seconds of an answer by which a clock that is set already is not set again


class SharedClock:
    """Unix seconds: PostgreSQL's once it was asked, this machine's before that and with SQLite.

    Between two questions it goes on by the machine's monotonic clock, which nobody sets.
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
        self._began: float | None = None  # by PostgreSQL, when the monotonic clock was 0

    def __call__(self) -> float:
        return self._clock() if self._began is None else self._began + self._monotonic()

    async def set(self) -> None:
        """Ask the database. Raises StoreError; then it goes on as it did."""
        if self._database.dialect != "postgresql":
            return
        before = self._monotonic()
        [row] = await self._database.fetch(_NOW)
        after = self._monotonic()
        if self._began is None or after - before < _SLOWEST:
            self._began = row.seconds - (before + after) / 2

    async def run(self) -> None:
        """Until cancelled, again and again."""
        while self._database.dialect == "postgresql":
            try:
                await self.set()
            except StoreError:
                pass  # who cannot reach the database claims nothing either
            await asyncio.sleep(_SET_EVERY)
