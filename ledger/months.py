"""The ledger's rows by month: partitions created ahead, old months deleted.

The hours (`usage_hourly`) stay, so that reports say the same after it. Months are those of UTC.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, text

from ledger.row import first_id_at
from storage.engine import Database, Transaction
from storage.schema import usage

AHEAD = 2  # months beyond the current one whose partitions are there already
_BATCH = 1000  # rows deleted in one statement: SQLite's writers wait for each other
_LOCK = 0x5B0E  # any number, the same in each process: PostgreSQL's advisory lock for partitions
_PATIENCE = "2s"  # that dropping waits for who reads or writes; the next hour tries again
_UPPER = re.compile(r"TO \('([^']*)'\)")


class Month(NamedTuple):
    """One month, and from the first to below the second which ids are its rows'."""

    name: str  # 2026_11
    starts_ms: int
    first: str
    end: str


class Partition(NamedTuple):
    """A partition of the rows; of the one for all that fits nowhere else `end` is ""."""

    name: str
    end: str


def month_at(at_ms: int, later: int = 0) -> Month:
    """The month of this moment, or one so many later (or, below zero, earlier)."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    number = moment.year * 12 + moment.month - 1 + later
    starts, ends = (_start(each) for each in (number, number + 1))
    name = f"{number // 12:04d}_{number % 12 + 1:02d}"
    return Month(name, starts, first_id_at(starts), first_id_at(ends))


def _start(number: int) -> int:
    return int(datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)


async def make_ahead(database: Database, now_ms: int) -> list[str]:
    """The partitions that were missing for this month and the next ones. Raises StoreError."""
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
    """With the rows that came before it was there."""
    name = f"usage_{month.name}"
    for statement in (
        f"CREATE TABLE {name} (LIKE usage INCLUDING DEFAULTS)",
        f"WITH moved AS (DELETE FROM usage_rest WHERE attempt_id >= '{month.first}' "
        f"AND attempt_id < '{month.end}' RETURNING *) INSERT INTO {name} SELECT * FROM moved",
        f"ALTER TABLE usage ATTACH PARTITION {name} FOR VALUES FROM ('{month.first}') TO ('{month.end}')",
    ):
        await transaction.execute(text(statement))


async def drop_old(database: Database, months: int, now_ms: int) -> tuple[list[str], int]:
    """Take away rows of before so many whole months beside this one: partitions dropped, rows deleted.

    Raises StoreError.
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
    """What lies in no month's partition goes in small batches, by the key."""
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
    """Those of PostgreSQL, in no order."""
    return [_partition(row.name, row.bounds) for row in await database.fetch(text(_LISTED))]


async def _partitions(transaction: Transaction) -> Sequence[Partition]:
    return [_partition(row.name, row.bounds) for row in await transaction.fetch(text(_LISTED))]


_LISTED = """SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'usage'::regclass"""


def _partition(name: str, bounds: str) -> Partition:
    found = _UPPER.search(bounds)
    return Partition(name, found[1] if found else "")
