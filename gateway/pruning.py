"""Keeps the ledger's months, beside the server: new partitions in time, old rows gone."""

import asyncio
import logging
from collections.abc import Callable

from config.catalog import Catalog
from gateway.clock import Clock
from ledger.months import drop_old, make_ahead
from storage.engine import Database
from storage.errors import StoreError

log = logging.getLogger("signalbox.ledger")

_EVERY = 3600.0  # seconds
_AGAIN = 60.0  # seconds, where the database did not do it


async def keep_months(database: Database, current: Callable[[], Catalog], clock: Clock) -> None:
    """Until cancelled. Several processes may do it at once."""
    while True:
        try:
            await look(database, current().retention.ledger_months, clock.unix_ms())
        except StoreError as error:
            log.warning("the ledger's months could not be looked through, in a minute again: %s", error)
            await asyncio.sleep(_AGAIN)
        else:
            await asyncio.sleep(_EVERY)


async def look(database: Database, months: int | None, now_ms: int) -> None:
    """Once. Raises StoreError."""
    if made := await make_ahead(database, now_ms):
        log.info("partitions were made: %s", ", ".join(made))
    if months is None:
        return
    dropped, deleted = await drop_old(database, months, now_ms)
    if dropped or deleted:
        said = f"partitions {', '.join(dropped)} and " if dropped else ""
        log.info("%s%d rows of the ledger are gone, older than %d months", said, deleted, months)
