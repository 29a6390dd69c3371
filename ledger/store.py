"""Rows into the database, each exactly once, whatever is repeated."""

from collections.abc import Callable, Sequence
from itertools import chain, count

from sqlalchemy.exc import DataError

from ledger.row import UsageRow
from ledger.statements import BLOCK, parameters, statements
from storage.engine import Database
from storage.errors import StoreConflict, StoreError, translated

# SQLSTATE classes of a value that the table does not take: data exception, constraint, program limit.
_OF_THE_VALUE = ("22", "23", "54")


class RowStore:
    """Writes usage rows and counts them into their hours in one transaction.

    `prefix` must be different for every process that ever writes to the database: the hours count the
    rows that carry this transaction's own batch name, and only a row that is new carries it.
    """

    def __init__(self, database: Database, prefix: str) -> None:
        self._database = database
        self._statements = statements(database.engine.dialect)
        self._batches = (f"{prefix}-{number}" for number in count(1))

    async def ship(self, rows: Sequence[UsageRow], refused: Callable[[UsageRow], None]) -> None:
        """Write the rows; `refused` is told each that the table itself does not take.

        Raises `StoreError` when the database cannot be used; shipping the same rows again is safe.
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
            # One row must not hold up the others for ever: halve until it stands alone.
            middle = len(rows) // 2
            await self.ship(rows[:middle], refused)
            await self.ship(rows[middle:], refused)

    async def _write(self, rows: Sequence[UsageRow]) -> None:
        batch = next(self._batches)
        values = [parameters(row, batch) for row in rows]
        sql = self._statements
        in_blocks = len(values) // BLOCK * BLOCK if sql.insert_block else 0
        async with self._database.transaction() as transaction:
            run = transaction.connection.exec_driver_sql  # compiled text and plain tuples: half a Core insert
            with translated():
                for start in range(0, in_blocks, BLOCK):
                    await run(sql.insert_block, tuple(chain.from_iterable(values[start : start + BLOCK])))
                if in_blocks < len(values):
                    await run(sql.insert, values[in_blocks:])
            ids = [row.attempt_id for row in rows]
            await transaction.execute(sql.roll_up, {"batch": batch, "first": min(ids), "last": max(ids)})


def _blames_a_value(error: BaseException | None) -> bool:
    """Whether the table refused what a row holds, rather than the database being away."""
    while error is not None:
        if isinstance(error, StoreConflict | DataError | OverflowError | ValueError):
            return True
        if (getattr(error, "sqlstate", None) or "").startswith(_OF_THE_VALUE):
            return True
        error = error.__cause__
    return False
