"""The errors of stores, independent of their drivers."""

import asyncio
import sqlite3
from types import TracebackType

from sqlalchemy import exc


class StoreError(Exception):
    """A failure of a store. The text is safe to show: it never contains a statement or a value."""


class StoreDown(StoreError):
    """The store cannot be reached or used now. Says nothing about its contents."""


class StoreSlow(StoreDown):
    """The store did not answer before the deadline; whether a write took effect is unknown."""


class StoreConflict(StoreError):
    """The store rejected the operation, such as by a constraint; nothing was written."""


class StoreTooNew(StoreError):
    """The database's schema is that of a newer Signalbox."""


# PostgreSQL's error codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_SQLSTATE: dict[str, type[StoreError]] = {
    "40001": StoreSlow,  # serialization_failure
    "40P01": StoreSlow,  # deadlock_detected
    "55P03": StoreSlow,  # lock_not_available
    "57014": StoreSlow,  # query_canceled
}

# SQLite errors that are recognised by their text: https://www.sqlite.org/rescode.html
_BY_TEXT: tuple[tuple[str, type[StoreError]], ...] = (
    ("is locked", StoreSlow),
    ("interrupted", StoreSlow),
)

# Causes that the operator can fix: https://www.sqlite.org/rescode.html
_BY_CODE: dict[int, str] = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "its disk does not read or write",
    sqlite3.SQLITE_READONLY: "its file, or the folder of it, may not be written",
    sqlite3.SQLITE_CANTOPEN: "its file, or one beside it, cannot be opened",
    sqlite3.SQLITE_NOTADB: "its file is no SQLite database",
    sqlite3.SQLITE_CORRUPT: "its file is damaged",
}
_PRIMARY = 0xFF  # masks the primary code of an extended one

_CLOSED = "the handler is closed"  # uvloop's message for a write to a closed connection

# The most specific class first: the first match wins.
_BY_CLASS: tuple[tuple[type[BaseException], type[StoreError]], ...] = (
    (exc.IntegrityError, StoreConflict),
    (exc.TimeoutError, StoreSlow),  # no pooled connection became free
    (TimeoutError, StoreSlow),
    (exc.DBAPIError, StoreDown),
    (sqlite3.IntegrityError, StoreConflict),  # from `Transaction.visit`, which SQLAlchemy does not wrap
    (sqlite3.Error, StoreDown),
    (OSError, StoreDown),
)

_SAID = {
    StoreDown: "The database cannot be used now",
    StoreSlow: "The database did not answer in time",
    StoreConflict: "The database refused a write that breaks one of its rules",
}


def translate(error: BaseException) -> StoreError | None:
    """Our error for a driver's error; None if it is a bug in our own code."""
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
    # asyncpg's own errors are not wrapped; this recognises them without importing it.
    return StoreDown if sqlstate is not None or type(cause).__module__.startswith("asyncpg.") else None


class translated:
    """Wraps every statement, so that no driver's error leaves this package.

    If a driver's error, raised during clean-up, hides a cancellation, CancelledError is raised instead.
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
    """The number of pending cancellation requests of the current task."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # a thread without a loop
        return 0
    return 0 if task is None else task.cancelling()
