"""What a new meter must count: its window's usage so far, and calls in flight."""

from collections.abc import Callable
from functools import partial

from config.limiting import KINDS
from gateway.metering.leasing import History
from ledger.drain import Drain
from ledger.meters.history import concerns, history, unknown, used_by
from ledger.meters.leased import Leased
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId
from ledger.row import Begun, UsageRow
from ledger.spool import Spool
from storage.engine import Database
from storage.errors import StoreDown

_SECONDS = 5.0  # to ship the spool's rows, including those of dead processes

UnderWay = Callable[[MeterId, Meter], None]


def past_use(
    drain: Drain, database: Database, clock_ms: Callable[[], int], spool: Spool | None = None
) -> History:
    """A gateway's history: the usage in the ledger that a meter has not counted itself.

    For a leased meter of requests it includes the spool's open attempts, because what the meter reported is
    assumed to be in the ledger.
    """

    async def read(name: MeterId, meter: Meter) -> list[tuple[int, int]]:
        async with drain.still(_SECONDS) as done:
            if not done:
                raise StoreDown("Rows that wait in the spool cannot be written to the database.")
            # What it counts from now on is not in the rows read here.
            counted, now = meter.tally(clock_ms()), clock_ms()
            opened: list[Begun] = []
            if spool is not None and isinstance(meter, Leased) and KINDS[name.kind].when == "start":
                first = (each for each in spool.begun if each.attempt_id.endswith(".1"))
                opened = [each for each in first if concerns(name, each)]
            used = await history(database, name, meter, KINDS[name.kind], now)
        return unknown([*used, *((each.at_ms, 1) for each in opened)], counted)

    return read


def under_way(spool: Spool, clock_ms: Callable[[], int]) -> UnderWay:
    """Makes a new meter count the attempts that are already open, as they end.

    Their calls reserved nothing from it. A hard budget holds for them what other hard budgets hold.
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
