"""What a new meter has to know: what its window held already, and what calls under way will come to."""

from collections.abc import Callable
from functools import partial

from config.limiting import KINDS
from gateway.metering.leasing import History
from ledger.drain import Drain
from ledger.meters.history import concerns, history, unknown, used_by
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId
from ledger.row import UsageRow
from ledger.spool import Spool
from storage.engine import Database
from storage.errors import StoreDown

_SECONDS = 5.0  # for the rows that wait in the spool, dead processes' among them

UnderWay = Callable[[MeterId, Meter], None]


def past_use(drain: Drain, database: Database, clock_ms: Callable[[], int]) -> History:
    """The history of a gateway that has this drain and database: what a meter has not counted itself."""

    async def read(name: MeterId, meter: Meter) -> list[tuple[int, int]]:
        async with drain.still(_SECONDS) as done:
            if not done:
                raise StoreDown("Rows that wait in the spool cannot be written to the database.")
            # What it counts from now on is in no row that is read here.
            counted = meter.tally(clock_ms())
            used = await history(database, name, meter, KINDS[name.kind], clock_ms())
        return unknown(used, counted)

    return read


def under_way(spool: Spool, clock_ms: Callable[[], int]) -> UnderWay:
    """Has a meter of which nothing was taken yet count the attempts that are open, as they end.

    Their calls came before it, and took nothing from it. What other hard budgets hold for them it holds, too.
    """

    def ended(meter: Meter, name: MeterId, held: int, row: UsageRow) -> None:
        meter.settle(held, used_by(row, KINDS[name.kind], meter), clock_ms(), row.at_ms)

    def watch(name: MeterId, meter: Meter) -> None:
        if KINDS[name.kind].when == "while":
            return
        for begun in spool.begun:
            if concerns(name, begun):
                held = begun.most if name.kind == "spend" and meter.hard else 0
                meter.held += held
                spool.await_end(begun, partial(ended, meter, name, held))

    return watch
