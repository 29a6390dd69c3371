"""An async SQLite connection, in a thread of its own."""

import asyncio
import sqlite3
from functools import partial
from threading import Thread
from typing import Any

import aiosqlite
import aiosqlite.core


class Connection(aiosqlite.Connection):
    """As the driver has it, but a second end waits for nothing.

    The driver tells the thread once more, which is gone by then, and waits for its word: a process that is
    ended amid a statement, when all that wait for it are cancelled at once, never ended.
    """

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread when it has done what it was given. None where that was said before."""
        return super().stop() if self._running else None


def opened(*place: str, **options: Any) -> Connection:
    """A connection to be awaited, for SQLAlchemy's `async_creator_fn`; no process waits for its thread."""
    made = Connection(partial(sqlite3.connect, *place, **options), iter_chunk_size=64)
    made._thread = Thread(target=_work, args=(made._tx,), daemon=True)
    return made


def _work(told: aiosqlite.core._TxQueue) -> None:
    """Do what the connection is told. An outcome whose loop has ended is wanted by nobody; the rest is still
    done, and the last of it closes the file.
    """
    while True:
        try:
            aiosqlite.core._connection_worker_thread(told)
            return
        except RuntimeError:  # the driver lets this one out of its thread
            if told.empty():
                return
