"""An async SQLAlchemy engine without SQLAlchemy's asyncio package, which imports the ORM (7 MB)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine
from sqlalchemy.engine import CursorResult
from sqlalchemy.sql.base import Executable

# The basis of SQLAlchemy's own asyncio package: it runs synchronous code whose driver calls may await.
from sqlalchemy.util.concurrency import greenlet_spawn

T = TypeVar("T")

_RETURN_SECONDS = 2.0  # how long `dispose` waits for connections on their way back to the pool


@dataclass(frozen=True, slots=True)
class AwaitedConnection:
    """One connection. Results are complete when `execute` returns: reading them does not wait."""

    sync: Connection

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement; a transaction begins with the first."""
        return await greenlet_spawn(self.sync.execute, statement, parameters)

    async def exec_driver_sql(self, statement: str, parameters: Any = None) -> CursorResult[Any]:
        """Run SQL text in the driver's own parameter style."""
        return await greenlet_spawn(self.sync.exec_driver_sql, statement, parameters)

    async def commit(self) -> None:
        """Commit the transaction."""
        await greenlet_spawn(self.sync.commit)

    async def run_sync(self, function: Callable[[Connection], T]) -> T:
        """The result of a synchronous function of the connection."""
        return await greenlet_spawn(function, self.sync)


@dataclass(frozen=True, slots=True)
class AwaitedEngine:
    """An engine over an asynchronous driver. Listen to events on `sync`."""

    sync: Engine
    _returning: set["asyncio.Future[None]"] = field(default_factory=set, repr=False, compare=False)

    @property
    def dialect(self) -> Dialect:
        """The database's SQL dialect."""
        return self.sync.dialect

    @property
    def url(self) -> URL:
        """The URL it was opened with, including the password."""
        return self.sync.url

    def with_options(self, **options: Any) -> "AwaitedEngine":
        """An engine on the same pool whose connections have these execution options."""
        return AwaitedEngine(self.sync.execution_options(**options), self._returning)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AwaitedConnection]:
        """A connection from the pool; at the end of the block, uncommitted changes are rolled back."""
        connection = await greenlet_spawn(self.sync.connect)
        try:
            yield AwaitedConnection(connection)
        finally:
            # Shielded: a cancellation here would leave a connection that is neither in the pool nor closed.
            returning = asyncio.ensure_future(greenlet_spawn(connection.close))
            self._returning.add(returning)
            returning.add_done_callback(self._returning.discard)
            await asyncio.shield(returning)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AwaitedConnection]:
        """A connection in a transaction, committed at the end of the block, rolled back if it raises."""
        async with self.connect() as connection:
            await connection.run_sync(Connection.begin)
            yield connection
            await connection.commit()

    async def dispose(self) -> None:
        """Close all pooled connections, and those on their way back to the pool.

        One that takes longer, because its server does not answer, is abandoned.
        """
        if self._returning:
            await asyncio.wait(self._returning, timeout=_RETURN_SECONDS)
        await greenlet_spawn(self.sync.dispose)


def awaited_engine(url: URL, **options: Any) -> AwaitedEngine:
    """Like `sqlalchemy.create_engine`, for a URL that names an asynchronous driver."""
    return AwaitedEngine(create_engine(url, **options))
