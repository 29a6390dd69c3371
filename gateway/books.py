"""Records every attempt: first in the spool, then in the metrics."""

import logging
from dataclasses import dataclass, field

from gateway.clock import Clock
from gateway.contents.copying import Copies
from gateway.errors import Unavailable
from gateway.metering.alerting import Alerts
from gateway.telemetry.metrics import Metrics
from ledger.row import Begun, UsageRow
from ledger.spool import Spool, SpoolFull

log = logging.getLogger("signalbox.ledger")


@dataclass(frozen=True, slots=True)
class Books:
    """A call that cannot be written down is not made: a full disk refuses new attempts."""

    spool: Spool
    metrics: Metrics
    clock: Clock
    alerts: Alerts | None = None  # None: each process tells for itself
    copies: Copies = field(default_factory=Copies)  # of what was asked and answered, where that is kept

    def begin(self, record: Begun) -> None:
        """Note what may be owed from now on. Raises Unavailable when it cannot be noted."""
        try:
            self.spool.append(record)
        except SpoolFull as error:
            raise Unavailable("The ledger cannot be written at the moment; try again later.") from error

    def append(self, row: UsageRow) -> None:
        """Write a row down; a failure is logged and counted by the spool."""
        try:
            self.spool.append(row)
        except SpoolFull as error:
            _mourn(row, error)

    def refuse(self, row: UsageRow) -> None:
        """Note a call that was never made. On a full disk it is not: memory is for rows of calls."""
        if not self.spool.held or self.spool.retry_held():
            self.append(row)

    def settle(self, row: UsageRow, key: tuple[str, str]) -> None:
        """Note what an attempt came to. A row that no disk takes is lost loudly; the answer is not."""
        try:
            self.spool.append(row)
        except SpoolFull as error:
            _mourn(row, error)
        self.metrics.attempt(row, key)


def _mourn(row: UsageRow, error: SpoolFull) -> None:
    log.critical("a usage row was lost: %s (attempt %s)", error, row.attempt_id)
