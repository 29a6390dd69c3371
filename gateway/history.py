"""Reads from the ledger what a new meter's window held already, once all rows are in it."""

from collections.abc import Callable

from config.limiting import KINDS
from gateway.leasing import History
from ledger.drain import Drain
from ledger.meters.history import history
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId
from storage.engine import Database
from storage.errors import StoreDown

_SECONDS = 5.0  # for the rows that wait in the spool, dead processes' among them


def past_use(drain: Drain, database: Database, clock_ms: Callable[[], int]) -> History:
    """The history of a gateway that has this drain and database."""

    async def read(name: MeterId, meter: Meter) -> list[tuple[int, int]]:
        if not await drain.catch_up(_SECONDS):
            raise StoreDown("Rows that wait in the spool cannot be written to the database.")
        return await history(database, name, meter, KINDS[name.kind], clock_ms())

    return read
