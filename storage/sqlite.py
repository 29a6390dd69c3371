"""An async SQLite connection, run in its own thread."""

import asyncio
import sqlite3
from functools import partial
from threading import Thread
from typing import Any

import aiosqlite
import aiosqlite.core


class Connection(aiosqlite.Connection):
    """The driver's connection, except that a second `stop` returns at once.

    The driver would signal the thread again, which is gone by then, and wait for its reply: a process stopped
    during a statement, which cancels all its waiters at once, would never end.
    """

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread after its queued work. None if that was requested before."""
        return super().stop() if self._running else None


def opened(*place: str, **options: Any) -> Connection:
    """A connection to be awaited, for SQLAlchemy's `async_creator_fn`. Its thread does not delay exit."""
    made = Connection(partial(sqlite3.connect, *place, **options), iter_chunk_size=64)
    made._thread = Thread(target=_work, args=(made._tx,), daemon=True)
    return made


def _work(told: aiosqlite.core._TxQueue) -> None:
    """Run the connection's queue. A result for an event loop that has ended is dropped; the rest of the queue
    still runs, and its last item closes the file.
    """
    while True:
        try:
            aiosqlite.core._connection_worker_thread(told)
            return
        except RuntimeError:  # the driver does not catch this one
            if told.empty():
                return
