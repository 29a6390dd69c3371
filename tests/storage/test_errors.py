"""The seam: every driver's error becomes one of ours, and none of ours tells a value."""

import asyncio
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import exc

from storage.errors import StoreConflict, StoreDown, StoreError, StoreSlow, translate, translated


class Coded(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__("secret value")
        self.sqlstate = sqlstate


def wrapped(kind: type[exc.DBAPIError], cause: Exception) -> exc.DBAPIError:
    return kind("SELECT secret", {"key": "secret"}, cause)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "its file, or the folder of it, may not be written"),
    ],
)
def test_what_the_operator_can_do_something_about_is_told(code: int, why: str) -> None:
    cause = sqlite3.OperationalError("secret")
    cause.sqlite_errorcode = code
    for error in (cause, wrapped(exc.OperationalError, cause)):
        assert str(translate(error)) == f"The database cannot be used now: {why} (OperationalError)."


def test_a_file_that_is_no_database_is_told_as_it_comes(tmp_path) -> None:
    (tmp_path / "a.db").write_text("notes" * 500)
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        with pytest.raises(StoreDown, match="its file is no SQLite database"), translated():
            connection.execute("SELECT 1 FROM x")


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        pytest.param(
            wrapped(exc.IntegrityError, sqlite3.IntegrityError("UNIQUE")), StoreConflict, id="unique"
        ),
        pytest.param(
            wrapped(exc.OperationalError, sqlite3.OperationalError("database is locked")),
            StoreSlow,
            id="locked",
        ),
        pytest.param(
            wrapped(exc.OperationalError, sqlite3.OperationalError("disk I/O error")), StoreDown, id="disk"
        ),
        pytest.param(sqlite3.IntegrityError("UNIQUE secret"), StoreConflict, id="unique, unwrapped"),
        pytest.param(sqlite3.OperationalError("database is locked"), StoreSlow, id="locked, unwrapped"),
        pytest.param(sqlite3.OperationalError("disk I/O error"), StoreDown, id="disk, unwrapped"),
        pytest.param(
            wrapped(exc.DatabaseError, sqlite3.DatabaseError("not a database")), StoreDown, id="another file"
        ),
        pytest.param(wrapped(exc.DBAPIError, Coded("57014")), StoreSlow, id="cancelled by the server"),
        pytest.param(wrapped(exc.DBAPIError, Coded("40P01")), StoreSlow, id="deadlock"),
        pytest.param(Coded("28P01"), StoreDown, id="wrong password, unwrapped"),
        pytest.param(exc.TimeoutError(), StoreSlow, id="no connection free"),
        pytest.param(TimeoutError(), StoreSlow, id="deadline"),
        pytest.param(ConnectionRefusedError(), StoreDown, id="nobody listens"),
        pytest.param(
            RuntimeError("unable to perform operation on <secret>; the handler is closed"),
            StoreDown,
            id="closed before it was written to",
        ),
    ],
)
def test_a_foreign_error_becomes_ours_without_its_values(error, ours) -> None:
    with pytest.raises(StoreError) as failure, translated():
        raise error
    assert type(failure.value) is ours
    assert "secret" not in str(failure.value)
    assert failure.value.__cause__ is error


def every(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in every(below))]


@pytest.mark.parametrize("kind", every(exc.DBAPIError), ids=lambda kind: kind.__name__)
def test_every_error_of_a_driver_is_mapped(kind) -> None:
    assert translate(wrapped(kind, sqlite3.Error("x"))) is not None


@pytest.mark.parametrize("kind", every(sqlite3.Error), ids=lambda kind: kind.__name__)
def test_every_error_of_sqlites_driver_is_mapped_where_nobody_wraps_it(kind) -> None:
    assert translate(kind("x")) is not None


@pytest.mark.parametrize("mistake", [KeyError("x"), exc.ArgumentError("x"), exc.InvalidRequestError("x")])
def test_a_mistake_of_our_own_stays_what_it_is(mistake) -> None:
    with pytest.raises(type(mistake)), translated():
        raise mistake


def test_slow_is_a_kind_of_down_so_that_one_clause_answers_503() -> None:
    assert issubclass(StoreSlow, StoreDown)
    assert not issubclass(StoreConflict, StoreDown)


async def asked(statement: asyncio.Event, deadline: float) -> None:
    """A statement whose driver meets an error while it clears up after it was given up."""
    with translated():
        async with asyncio.timeout(deadline):
            try:
                statement.set()
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                raise sqlite3.OperationalError("database is locked") from None


async def test_who_is_cancelled_amid_a_statement_is_cancelled_whatever_the_driver_raises() -> None:
    begun = asyncio.Event()
    task = asyncio.ensure_future(asked(begun, 60))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_statements_own_deadline_is_no_cancellation() -> None:
    with pytest.raises(StoreSlow):
        await asked(asyncio.Event(), 0.01)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            while True:
                with pytest.raises(StoreSlow):
                    await asked(asyncio.Event(), 0.02)
