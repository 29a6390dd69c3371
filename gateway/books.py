"""Where every attempt is written down: first in the spool, then in the metrics."""

from dataclasses import dataclass

from gateway.clock import Clock
from gateway.errors import Unavailable
from gateway.telemetry.metrics import Metrics
from ledger.row import Begun, UsageRow
from ledger.spool import Spool, SpoolFull


@dataclass(frozen=True, slots=True)
class Books:
    """A call that cannot be written down is not made: a full disk refuses new attempts."""

    spool: Spool
    metrics: Metrics
    clock: Clock

    def begin(self, record: Begun) -> None:
        """Note what may be owed from now on. Raises Unavailable when it cannot be noted."""
        try:
            self.spool.append(record)
        except SpoolFull as error:
            raise Unavailable("The ledger cannot be written at the moment; try again later.") from error

    def settle(self, row: UsageRow, label: str) -> None:
        """Note what an attempt came to. Raises SpoolFull, which a served answer outlives as a logged error."""
        self.spool.append(row)
        self.metrics.attempt(row, label)
