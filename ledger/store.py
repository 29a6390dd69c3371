"""Inserts rows into the database, each exactly once, however often shipping is repeated."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, count
from operator import itemgetter
from sqlite3 import Connection
from sqlite3 import DataError as SqliteDataError

from sqlalchemy.exc import DataError

from ledger.alike import gathered
from ledger.audit import enter_denials
from ledger.row import UsageRow
from ledger.statements import FLAGS, OWN, SHARED, SIZES, Statements, statements
from storage.engine import Database
from storage.errors import StoreConflict, StoreError, translated
from storage.schema import usage

# SQLSTATE classes for a rejected value: data exception, constraint violation, program limit.
_OF_THE_VALUE = ("22", "23", "54")


class RowStore:
    """Writes usage rows and adds them to their hourly totals in one transaction.

    `prefix` must be unique among all processes that ever write to the database: the totals count the rows
    that carry this transaction's batch name, and only new rows carry it.
    """

    def __init__(self, database: Database, prefix: str) -> None:
        self._database = database
        self._statements = statements(database.engine.dialect)
        self._batches = (f"{prefix}-{number}" for number in count(1))

    async def ship(self, rows: Sequence[UsageRow], refused: Callable[[UsageRow], None]) -> None:
        """Write the rows; `refused` is called with each row that the table rejects.

        Raises `StoreError` if the database cannot be used. Shipping the same rows again is safe.
        """
        if not rows:
            return
        try:
            await self._write(rows)
        except (StoreError, OverflowError) as error:
            if not _blames_a_value(error):
                raise
            if len(rows) == 1:
                refused(rows[0])
                return
            # One bad row must not block the others: halve until it is alone.
            middle = len(rows) // 2
            await self.ship(rows[:middle], refused)
            await self.ship(rows[middle:], refused)

    async def _write(self, rows: Sequence[UsageRow]) -> None:
        sql = self._statements
        batch = next(self._batches)
        async with self._database.transaction() as transaction:
            if sql.insert_alike:
                counted = await transaction.visit(partial(_into_sqlite, sql, rows, batch))
            else:
                values = [
                    _in_order(alike.shared + own) for alike in gathered(rows, batch) for own in alike.own
                ]
                with translated():  # compiled SQL with plain tuples takes half as long as a Core insert
                    await transaction.connection.exec_driver_sql(sql.insert, values)
                counted = False
            if not counted:
                ids = [row.attempt_id for row in rows]
                await transaction.execute(sql.roll_up, {"batch": batch, "first": min(ids), "last": max(ids)})
            await enter_denials(transaction, self._database.dialect, rows)


_in_order = itemgetter(*((SHARED + OWN).index(column.name) for column in usage.c))


def _into_sqlite(sql: Statements, rows: Sequence[UsageRow], batch: str, connection: Connection) -> bool:
    """Insert the rows and, if all are new, add them to the hourly totals; returns whether all were."""
    groups = gathered(rows, batch)
    run = connection.cursor().execute
    before = connection.total_changes
    for group in groups:
        # The driver searches for an adapter for every value not exactly of its own types, such as a bool.
        shared = (*group.shared[:FLAGS], *map(int, group.shared[FLAGS:]))
        start = 0
        for size in SIZES:
            while start + size <= len(group.own):
                own = chain.from_iterable(group.own[start : start + size])
                run(sql.insert_alike[size], (*shared, *own))
                start += size
    if connection.total_changes - before < len(rows):
        return False
    connection.executemany(sql.add, [group.counted() for group in groups])
    return True


def _blames_a_value(error: BaseException | None) -> bool:
    """Whether the table rejected a row's values, as opposed to the database being unavailable."""
    while error is not None:
        if isinstance(error, StoreConflict | DataError | SqliteDataError | OverflowError | ValueError):
            return True
        if (getattr(error, "sqlstate", None) or "").startswith(_OF_THE_VALUE):
            return True
        error = error.__cause__
    return False
