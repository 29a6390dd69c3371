"""Overwrites the bytes of deleted rows, which databases otherwise keep on disk."""

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from storage.engine import Database
from storage.errors import StoreSlow, translated

_BUSY = 60.0  # seconds to wait for other writers
_TRIES, _PAUSE = 50, 0.1  # to truncate the log, for which no reader may use it; the pause in seconds


async def scrub(database: Database, tables: list[str]) -> None:
    """Rewrite a SQLite file and truncate its log; in PostgreSQL, VACUUM these tables.

    In SQLite it takes as long as copying the file, and blocks writers. What PostgreSQL frees is overwritten
    by later rows. Raises StoreError.
    """
    if database.mooring is not None:
        await asyncio.to_thread(_write_anew, Path(database.mooring.path))
        return
    with translated():
        async with database.engine.with_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for table in tables:
                await connection.execute(text(f"VACUUM {table}"))


async def empty(file: Path, table: str) -> int:
    """Delete all rows of a table in a SQLite file that others may have open, and their bytes.

    Returns how many. Raises StoreError.
    """
    return await asyncio.to_thread(_empty, file, table)


def _empty(file: Path, table: str) -> int:
    if not file.exists():
        return 0
    with translated(), closing(sqlite3.connect(file, timeout=_BUSY)) as connection, connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
            return 0
        gone = connection.execute(f'DELETE FROM "{table}"').rowcount
    _write_anew(file)
    return gone


def _write_anew(file: Path) -> None:
    with translated(), closing(sqlite3.connect(file, timeout=_BUSY, isolation_level=None)) as connection:
        connection.execute("VACUUM")
        for _ in range(_TRIES):
            if not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return
            time.sleep(_PAUSE)
    raise StoreSlow("Somebody reads the database all the time: its log cannot be emptied. Try again.")
