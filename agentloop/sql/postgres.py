"""Tools' statements on PostgreSQL, each in its own transaction."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from agentloop.sql.answers import Asked, Refused, answer, plain

_MOST_CONNECTIONS = 4
_CONNECT_SECONDS = 5.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS signalbox_effects"
    " (key TEXT PRIMARY KEY, tool TEXT NOT NULL, at_ms BIGINT NOT NULL, answer TEXT NOT NULL)"
)
_BEGIN = "INSERT INTO signalbox_effects VALUES ($1, $2, $3, '') ON CONFLICT (key) DO NOTHING"
_UNREACHED = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)


class Postgres:
    """`url` is `postgresql://user:password@host/name`. `clock` returns Unix seconds."""

    def __init__(self, url: str, clock: Callable[[], float]) -> None:
        self._url = url.replace("+asyncpg", "", 1)
        self._clock = clock
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self._has_table = False

    async def read(self, asked: Asked) -> str:
        """Executes it in a read-only transaction."""
        async with self._transaction(asked, readonly=True) as connection:
            return await _answered(connection, asked, writes=False)

    async def write(self, asked: Asked, key: str) -> str:
        """See Base; a concurrent call with the same key waits for the first one's answer."""
        if not self._has_table:
            await self._make_table(asked)
        async with self._transaction(asked, readonly=False) as connection:
            now_ms = int(self._clock() * 1000)
            if await connection.execute(_BEGIN, key, asked.tool, now_ms) == "INSERT 0 0":
                query = "SELECT answer FROM signalbox_effects WHERE key = $1"
                return str(await connection.fetchval(query, key))
            text = await _answered(connection, asked, writes=True)
            await connection.execute("UPDATE signalbox_effects SET answer = $2 WHERE key = $1", key, text)
        return text

    async def close(self) -> None:
        """Close all connections."""
        if self._pool is not None:
            self._pool.terminate()

    async def _make_table(self, asked: Asked) -> None:
        async with self._transaction(asked, readonly=False) as connection:
            # Concurrent CREATE TABLE statements can fail, so take turns.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('signalbox_effects'))")
            await connection.execute(_TABLE)
        self._has_table = True

    @asynccontextmanager
    async def _transaction(self, asked: Asked, *, readonly: bool) -> AsyncIterator[Any]:
        pool = await self._opened()
        try:
            connection = await pool.acquire(timeout=_CONNECT_SECONDS)
        except (*_UNREACHED, TimeoutError, asyncpg.PostgresError) as error:
            raise Refused("unavailable", "The database cannot be reached now.") from error
        try:
            begun = connection.transaction(readonly=readonly)
            await begun.start()
            try:
                await connection.execute(f"SET LOCAL statement_timeout = {int(asked.seconds * 1000)}")
                yield connection
            except BaseException as error:
                if not connection.is_closed():
                    await begun.rollback()
                refusal = _refusal(error, asked)
                if refusal is None:
                    raise
                raise refusal from error
            await begun.commit()  # outside the handler: an error here leaves the outcome unknown
        finally:
            await pool.release(connection)

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url, min_size=0, max_size=_MOST_CONNECTIONS, timeout=_CONNECT_SECONDS
                )
            return self._pool


async def _answered(connection: Any, asked: Asked, *, writes: bool) -> str:
    prepared = await connection.prepare(asked.numbered)
    values = [plain(asked.values.get(name)) for name in asked.names]
    if not writes:
        found = await (await prepared.cursor(*values)).fetch(asked.rows + 1)
        return answer(found, asked.rows)
    found = await prepared.fetch(*values)
    count = prepared.get_statusmsg().rpartition(" ")[2]
    return answer(found, asked.rows, int(count) if count.isdigit() else None)


def _refusal(error: BaseException, asked: Asked) -> Refused | None:
    """The refusal that a failure means, since its transaction is rolled back; None if it is none."""
    if isinstance(error, asyncpg.QueryCanceledError):
        return Refused("timeout", f"The statement was not done in {asked.seconds:g} s, and was given up.")
    if isinstance(error, _UNREACHED):
        return Refused("unavailable", "The database cannot be used now.")
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError):
        # A value of the wrong type is refused before it is sent.
        return Refused("tool_error", f"The database refused: {type(error).__name__}.")
    return None
