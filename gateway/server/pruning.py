"""Deletes expired data in the background: the ledger's old months, ended agent runs, owners of responses."""

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy import select

from config.catalog import Catalog
from config.retention import RetentionFacts
from gateway.clock import Clock
from gateway.responses.owners import KIND
from ledger.months import drop_old, make_ahead
from ledger.objects import VendorObjects
from ledger.old_runs import drop_old_runs
from storage.engine import Database
from storage.errors import StoreError
from storage.schema import teams

log = logging.getLogger("signalbox.ledger")

_EVERY = 3600.0  # seconds
_AGAIN = 60.0  # seconds, after a database error


async def keep_months(database: Database, current: Callable[[], Catalog], clock: Clock) -> None:
    """Prunes once an hour, until cancelled. Several processes may do so at once."""
    while True:
        try:
            retention = current().retention
            await look(database, retention.ledger_months, clock.unix_ms())
            await look_at_runs(database, retention, clock.unix_ms())
            await look_at_responses(database, retention, clock.unix_seconds)
        except StoreError as error:
            log.warning("expired data could not be deleted, retrying in a minute: %s", error)
            await asyncio.sleep(_AGAIN)
        else:
            await asyncio.sleep(_EVERY)


async def look(database: Database, months: int | None, now_ms: int) -> None:
    """Creates the partitions ahead and deletes the ledger's old months, once. Raises StoreError."""
    if made := await make_ahead(database, now_ms):
        log.info("partitions were created: %s", ", ".join(made))
    if months is None:
        return
    dropped, deleted = await drop_old(database, months, now_ms)
    if dropped or deleted:
        said = f"partitions {', '.join(dropped)} and " if dropped else ""
        log.info("%s%d rows of the ledger were deleted, older than %d months", said, deleted, months)


async def look_at_runs(database: Database, retention: RetentionFacts, now_ms: int) -> None:
    """Deletes expired runs, once. Raises StoreError."""
    if not retention.keeps_runs_for_a_time:
        return
    for row in await database.fetch(select(teams.c.name)):
        kept = retention.runs_of(row.name)
        if kept is not None and (gone := await drop_old_runs(database, row.name, now_ms - int(kept * 1000))):
            log.info("%d runs of the team %s have expired and were deleted", gone, row.name)


async def look_at_responses(
    database: Database, retention: RetentionFacts, clock: Callable[[], float]
) -> None:
    """Deletes the expired ownership of responses, once. Raises StoreError."""
    before = int((clock() - retention.responses) * 1000)
    if gone := await VendorObjects(database, clock).drop_old(KIND, before):
        log.info("the ownership of %d responses has expired", gone)
