"""An async SQLAlchemy engine without SQLAlchemy's asyncio package, which imports the ORM (7 MB)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine
from sqlalchemy.engine import CursorResult
from sqlalchemy.sql.base import Executable

# What SQLAlchemy's own asyncio package is made of: synchronous code whose drivers may await.
from sqlalchemy.util.concurrency import greenlet_spawn

T = TypeVar("T")

_RETURN_SECONDS = 2.0  # for which a connection that is on its way back is waited for


@dataclass(frozen=True, slots=True)
class AwaitedConnection:
    """One connection. Results are whole when `execute` returns: reading them waits for nothing."""

    sync: Connection

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement; a transaction begins with the first."""
        return await greenlet_spawn(self.sync.execute, statement, parameters)

    async def exec_driver_sql(self, statement: str, parameters: Any = None) -> CursorResult[Any]:
        """Run text as the driver takes it, with the driver's own marks for values."""
        return await greenlet_spawn(self.sync.exec_driver_sql, statement, parameters)

    async def commit(self) -> None:
        """Make what was done in this transaction stay."""
        await greenlet_spawn(self.sync.commit)

    async def run_sync(self, function: Callable[[Connection], T]) -> T:
        """What a function that knows no coroutines makes of the connection."""
        return await greenlet_spawn(function, self.sync)


@dataclass(frozen=True, slots=True)
class AwaitedEngine:
    """An engine over an asynchronous driver. Its events are those of `sync`."""

    sync: Engine
    _returning: set["asyncio.Future[None]"] = field(default_factory=set, repr=False, compare=False)

    @property
    def dialect(self) -> Dialect:
        """What the database speaks."""
        return self.sync.dialect

    @property
    def url(self) -> URL:
        """What it was opened by; holds the password."""
        return self.sync.url

    def with_options(self, **options: Any) -> "AwaitedEngine":
        """The same pool, whose connections carry these execution options."""
        return AwaitedEngine(self.sync.execution_options(**options), self._returning)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AwaitedConnection]:
        """A connection of the pool; what was not committed is rolled back when the block ends."""
        connection = await greenlet_spawn(self.sync.connect)
        try:
            yield AwaitedConnection(connection)
        finally:
            # A caller who is cancelled here would leave a connection that is neither in the pool nor closed.
            returning = asyncio.ensure_future(greenlet_spawn(connection.close))
            self._returning.add(returning)
            returning.add_done_callback(self._returning.discard)
            await asyncio.shield(returning)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AwaitedConnection]:
        """A connection in a transaction: committed when the block ends, rolled back when it raises."""
        async with self.connect() as connection:
            await connection.run_sync(Connection.begin)
            yield connection
            await connection.commit()

    async def dispose(self) -> None:
        """Close every connection that lies in the pool, and those that are on their way back to it.

        One that comes back later, because its server does not answer, is nobody's any more.
        """
        if self._returning:
            await asyncio.wait(self._returning, timeout=_RETURN_SECONDS)
        await greenlet_spawn(self.sync.dispose)


def awaited_engine(url: URL, **options: Any) -> AwaitedEngine:
    """Like `sqlalchemy.create_engine`, for a URL that names an asynchronous driver."""
    return AwaitedEngine(create_engine(url, **options))
