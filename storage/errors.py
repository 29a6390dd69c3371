"""What can go wrong with a database, independent of the driver."""

import asyncio
import sqlite3
from types import TracebackType

from sqlalchemy import exc


class StoreError(Exception):
    """A failure of a store. The text is safe to show: it never contains a statement or a value."""


class StoreDown(StoreError):
    """The store cannot be reached or used now. This says nothing about its contents."""


class StoreSlow(StoreDown):
    """The store did not answer before the deadline; whether a write took effect is not known."""


class StoreConflict(StoreError):
    """A constraint of the schema refused the write; nothing was written."""


class StoreTooNew(StoreError):
    """The database was written by a newer Signalbox, whose tables this one does not know."""


# PostgreSQL says what happened by a code: https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_SQLSTATE: dict[str, type[StoreError]] = {
    "40001": StoreSlow,  # serialization_failure
    "40P01": StoreSlow,  # deadlock_detected
    "55P03": StoreSlow,  # lock_not_available
    "57014": StoreSlow,  # query_canceled
}

# SQLite says it only in words: https://www.sqlite.org/rescode.html
_BY_TEXT: tuple[tuple[str, type[StoreError]], ...] = (
    ("is locked", StoreSlow),
    ("interrupted", StoreSlow),
)

# What the operator can do something about: https://www.sqlite.org/rescode.html
_BY_CODE: dict[int, str] = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "its disk does not read or write",
    sqlite3.SQLITE_READONLY: "its file, or the folder of it, may not be written",
    sqlite3.SQLITE_CANTOPEN: "its file, or one beside it, cannot be opened",
    sqlite3.SQLITE_NOTADB: "its file is no SQLite database",
    sqlite3.SQLITE_CORRUPT: "its file is damaged",
}
_PRIMARY = 0xFF  # of an extended code, the part that is in the table

_CLOSED = "the handler is closed"  # how uvloop says that a connection was closed before it is written to

# The most specific class first: the first that fits wins.
_BY_CLASS: tuple[tuple[type[BaseException], type[StoreError]], ...] = (
    (exc.IntegrityError, StoreConflict),
    (exc.TimeoutError, StoreSlow),  # no connection of the pool became free
    (TimeoutError, StoreSlow),
    (exc.DBAPIError, StoreDown),
    (sqlite3.IntegrityError, StoreConflict),  # of a visit, which nobody wraps
    (sqlite3.Error, StoreDown),
    (OSError, StoreDown),
)

_SAID = {
    StoreDown: "The database cannot be used now",
    StoreSlow: "The database did not answer in time",
    StoreConflict: "The database refused a write that breaks one of its rules",
}


def translate(error: BaseException) -> StoreError | None:
    """The error of ours that a driver's error means; None when it is a mistake in our own code."""
    kind = _kind(error)
    if kind is None:
        return None
    cause = getattr(error, "orig", None) or error
    why = _BY_CODE.get(getattr(cause, "sqlite_errorcode", 0) & _PRIMARY)
    return kind(f"{_SAID[kind]}{f': {why}' if why else ''} ({type(cause).__name__}).")


def _kind(error: BaseException) -> type[StoreError] | None:
    cause = getattr(error, "orig", None) or error
    sqlstate = getattr(cause, "sqlstate", None)
    if sqlstate in _BY_SQLSTATE:
        return _BY_SQLSTATE[sqlstate]
    if sqlstate is not None and sqlstate.startswith("23"):  # integrity constraint violation
        return StoreConflict
    if isinstance(error, exc.OperationalError | sqlite3.OperationalError):
        for words, kind in _BY_TEXT:
            if words in str(cause):
                return kind
    for foreign, kind in _BY_CLASS:
        if isinstance(error, foreign):
            return kind
    if isinstance(error, RuntimeError) and _CLOSED in str(error):
        return StoreDown
    # Errors of asyncpg itself come unwrapped; these are how to know them without importing it.
    return StoreDown if sqlstate is not None or type(cause).__module__.startswith("asyncpg.") else None


class translated:
    """The seam: every statement runs inside it, so no driver's error leaves this room.

    Nor does a driver's error stand in for a cancellation: what it meets while it clears up hides one.
    """

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        self._before = _cancellations()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception) or isinstance(error, StoreError):
            return
        if _cancellations() > self._before:
            raise asyncio.CancelledError from error
        ours = translate(error)
        if ours is not None:
            raise ours from error


def _cancellations() -> int:
    """How often the task that runs was asked to end, and has not said that it is over."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # a thread without a loop
        return 0
    return 0 if task is None else task.cancelling()
