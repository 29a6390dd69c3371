"""The ledger's rows by month: partitions created ahead, old months deleted.

The hourly totals (`usage_hourly`) stay, so reports do not change. Months are in UTC.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, text

from ledger.row import first_id_at
from storage.engine import Database, Transaction
from storage.schema import usage

AHEAD = 2  # months beyond the current one for which partitions are created
_BATCH = 1000  # rows deleted per statement: SQLite's writers wait for each other
_LOCK = 0x5B0E  # PostgreSQL's advisory lock for partitions: any number, the same in every process
_PATIENCE = "2s"  # how long a drop waits for readers and writers; retried an hour later
_UPPER = re.compile(r"TO \('([^']*)'\)")


class Month(NamedTuple):
    """One month. Its rows' ids lie from `first` to below `end`."""

    name: str  # 2026_11
    starts_ms: int
    first: str
    end: str


class Partition(NamedTuple):
    """A partition of the rows. `end` is "" for the default partition, which takes all other rows."""

    name: str
    end: str


def month_at(at_ms: int, later: int = 0) -> Month:
    """The month of this moment, or the one `later` months after it (before it, if negative)."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    number = moment.year * 12 + moment.month - 1 + later
    starts, ends = (_start(each) for each in (number, number + 1))
    name = f"{number // 12:04d}_{number % 12 + 1:02d}"
    return Month(name, starts, first_id_at(starts), first_id_at(ends))


def _start(number: int) -> int:
    return int(datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)


async def make_ahead(database: Database, now_ms: int) -> list[str]:
    """Create the missing partitions for this month and the next ones; returns their names.

    Does nothing on SQLite. Raises StoreError.
    """
    if database.dialect != "postgresql":
        return []
    there = await partitions(database)
    covered = max((each.end for each in there), default="")
    wanted = [month for later in range(AHEAD + 1) if (month := month_at(now_ms, later)).first >= covered]
    made = []
    for month in wanted:
        async with database.transaction() as transaction:
            await transaction.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            if f"usage_{month.name}" not in {each.name for each in await _partitions(transaction)}:
                await _make(transaction, month)
                made.append(f"usage_{month.name}")
    return made


async def _make(transaction: Transaction, month: Month) -> None:
    """Create a month's partition, and move in its rows that are in the default partition."""
    name = f"usage_{month.name}"
    for statement in (
        f"CREATE TABLE {name} (LIKE usage INCLUDING DEFAULTS)",
        f"WITH moved AS (DELETE FROM usage_rest WHERE attempt_id >= '{month.first}' "
        f"AND attempt_id < '{month.end}' RETURNING *) INSERT INTO {name} SELECT * FROM moved",
        f"ALTER TABLE usage ATTACH PARTITION {name} FOR VALUES FROM ('{month.first}') TO ('{month.end}')",
    ):
        await transaction.execute(text(statement))


async def drop_old(database: Database, months: int, now_ms: int) -> tuple[list[str], int]:
    """Delete the rows older than `months` whole months before the current one.

    Returns the names of dropped partitions and the number of rows deleted singly. Raises StoreError.
    """
    oldest = month_at(now_ms, -months)
    dropped = []
    for partition in await partitions(database) if database.dialect == "postgresql" else ():
        if partition.end and partition.end <= oldest.first:
            async with database.transaction() as transaction:
                await transaction.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
                await transaction.execute(text(f"DROP TABLE IF EXISTS {partition.name}"))
            dropped.append(partition.name)
    return dropped, await _delete(database, oldest)


async def _delete(database: Database, oldest: Month) -> int:
    """Delete old rows outside the dropped partitions, in small batches, in primary-key order."""
    due = usage.c.attempt_id < oldest.first, usage.c.at_ms < oldest.starts_ms
    gone, after = 0, ""
    erased = delete(usage).where(usage.c.attempt_id.in_(bindparam("ids", expanding=True)))
    while True:
        query = select(usage.c.attempt_id).where(usage.c.attempt_id >= after, *due)
        ids = [row[0] for row in await database.fetch(query.order_by(usage.c.attempt_id).limit(_BATCH))]
        if ids:
            after = ids[-1]
            async with database.transaction() as transaction:
                await transaction.execute(erased, {"ids": ids})
        gone += len(ids)
        if len(ids) < _BATCH:
            return gone


async def partitions(database: Database) -> Sequence[Partition]:
    """The partitions on PostgreSQL, unordered."""
    return [_partition(row.name, row.bounds) for row in await database.fetch(text(_LISTED))]


async def _partitions(transaction: Transaction) -> Sequence[Partition]:
    return [_partition(row.name, row.bounds) for row in await transaction.fetch(text(_LISTED))]


_LISTED = """SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'usage'::regclass"""


def _partition(name: str, bounds: str) -> Partition:
    found = _UPPER.search(bounds)
    return Partition(name, found[1] if found else "")
