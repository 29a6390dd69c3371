"""A connection outside the pool, directly to PostgreSQL's driver, for frequent writes.

For each use, a pool checks a connection out, resets it and takes it back, which takes longer than a small
statement itself.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.util.concurrency import greenlet_spawn

from storage.awaited import AwaitedEngine
from storage.idle import IDLE_SECONDS

T = TypeVar("T")

_NOTHING = "SELECT 1"  # checks that the server answers


class Direct:
    """Raises the driver's errors. For one user at a time: if it is `busy`, use another connection."""

    def __init__(
        self, engine: AwaitedEngine, deadline: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`deadline`, in seconds, bounds the check of an idle connection."""
        self._engine = engine
        self._deadline = deadline
        self._clock = clock
        self._kept: Connection | None = None
        self._driver: Any = None
        self._since = 0.0
        self.busy = False

    async def use(self, work: Callable[[Any], Awaitable[T]]) -> T:
        """The result of `work` on the driver's connection; `work` must have its own time limit.

        After any failure the connection is not used again, because its state is unknown.
        """
        self.busy = True
        try:
            if self._kept is None or self._clock() - self._since >= IDLE_SECONDS:
                await self._ready()
            return await work(self._driver)
        except BaseException:
            self._drop()
            raise
        finally:
            self._since = self._clock()
            self.busy = False

    async def close(self) -> None:
        """Close the connection."""
        kept, self._kept, self._driver = self._kept, None, None
        if kept is not None:
            await greenlet_spawn(kept.close)

    async def _ready(self) -> None:
        """Ensure a working connection; an idle one is checked first, as in the pool."""
        if self._kept is not None:
            try:
                await self._driver.execute(_NOTHING, timeout=self._deadline)
            except Exception:  # noqa: BLE001 - whatever the error, a new one is opened
                self._drop()
        if self._kept is None:
            self._kept, self._driver = await greenlet_spawn(self._open)

    def _open(self) -> tuple[Connection, Any]:
        connection = self._engine.sync.connect()
        driver = connection.connection.driver_connection
        connection.detach()
        return connection, driver

    def _drop(self) -> None:
        driver, self._kept, self._driver = self._driver, None, None
        if driver is not None:
            driver.terminate()
