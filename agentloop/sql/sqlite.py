"""Tools' statements on a SQLite file, each on its own connection and thread."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from agentloop.sql.answers import Asked, Refused, answer, plain

_CHECKED_EVERY = 1000  # SQLite VM instructions between two checks of the deadline
_TABLE = (
    "CREATE TABLE IF NOT EXISTS signalbox_effects"
    " (key TEXT PRIMARY KEY, tool TEXT NOT NULL, at_ms INTEGER NOT NULL, answer TEXT NOT NULL)"
)


class Sqlite:
    """`path` is an existing file. `clock` returns Unix seconds."""

    def __init__(self, path: str, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock

    async def read(self, asked: Asked) -> str:
        """Executes it on a connection that cannot write."""
        return await asyncio.to_thread(self._read, asked)

    async def write(self, asked: Asked, key: str) -> str:
        """See Base; it takes the write lock first, so that what the statement reads cannot change."""
        return await asyncio.to_thread(self._write, asked, key)

    async def close(self) -> None:
        """Nothing to do: each statement closes its connection."""

    def _read(self, asked: Asked) -> str:
        with self._opened("ro", asked.seconds) as connection:
            connection.execute("PRAGMA query_only=ON")
            return _answered(connection, asked, None)

    def _write(self, asked: Asked, key: str) -> str:
        with self._opened("rw", asked.seconds) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_TABLE)
            known = connection.execute(
                "SELECT answer FROM signalbox_effects WHERE key = ?", (key,)
            ).fetchone()
            if known is not None:
                return str(known[0])
            before = connection.total_changes
            text = _answered(connection, asked, before)
            now_ms = int(self._clock() * 1000)
            connection.execute(
                "INSERT INTO signalbox_effects VALUES (?, ?, ?, ?)", (key, asked.tool, now_ms, text)
            )
            connection.execute("COMMIT")
            return text

    @contextmanager
    def _opened(self, mode: str, seconds: float) -> Iterator[sqlite3.Connection]:
        until = time.monotonic() + seconds
        try:
            uri = f"file:{quote(str(Path(self._path).absolute()))}?mode={mode}"
            # Closing the connection rolls back what was not committed.
            with closing(sqlite3.connect(uri, uri=True, timeout=seconds, isolation_level=None)) as connection:
                connection.row_factory = sqlite3.Row
                connection.set_progress_handler(lambda: time.monotonic() > until, _CHECKED_EVERY)
                yield connection
        except sqlite3.OperationalError as error:
            raise _refused(error, seconds) from error
        except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
            raise Refused("tool_error", f"The database refused: {type(error).__name__}.") from error


def _answered(connection: sqlite3.Connection, asked: Asked, before: int | None) -> str:
    values = {name: plain(asked.values.get(name)) for name in asked.names}
    found = connection.execute(asked.named, values)
    rows = [{name: row[name] for name in row.keys()} for row in found.fetchmany(asked.rows + 1)]  # noqa: SIM118
    if before is None:
        return answer(rows, asked.rows)
    found.fetchall()  # a statement that returns rows has written everything once the last one is read
    return answer(rows, asked.rows, connection.total_changes - before)


def _refused(error: sqlite3.OperationalError, seconds: float) -> Refused:
    if error.sqlite_errorname == "SQLITE_INTERRUPT":
        return Refused("timeout", f"The statement was not done in {seconds:g} s, and was given up.")
    if error.sqlite_errorname.startswith(("SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_IOERR")):
        return Refused("unavailable", "The database cannot be used now.")
    return Refused("tool_error", f"The database refused: {error.sqlite_errorname}.")
