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
    """An attempt that cannot be recorded is not made: if the disk is full, new attempts are refused."""

    spool: Spool
    metrics: Metrics
    clock: Clock
    alerts: Alerts | None = None  # None: each process alerts on its own
    copies: Copies = field(default_factory=Copies)  # stored prompts and answers, for teams that keep them

    def begin(self, record: Begun) -> None:
        """Record what may be owed from now on. Raises Unavailable if it cannot be recorded."""
        try:
            self.spool.append(record)
        except SpoolFull as error:
            raise Unavailable("The ledger cannot be written at the moment; try again later.") from error

    def append(self, row: UsageRow) -> None:
        """Record a row; a failure is logged, and counted by the spool."""
        try:
            self.spool.append(row)
        except SpoolFull as error:
            _mourn(row, error)

    def refuse(self, row: UsageRow) -> None:
        """Record a call that was never made; skipped on a full disk: memory is for rows of real calls."""
        if not self.spool.held or self.spool.retry_held():
            self.append(row)

    def settle(self, row: UsageRow, key: tuple[str, str]) -> None:
        """Record an attempt's outcome. A row that cannot be written is lost and logged; the answer is not."""
        try:
            self.spool.append(row)
        except SpoolFull as error:
            _mourn(row, error)
        self.metrics.attempt(row, key)


def _mourn(row: UsageRow, error: SpoolFull) -> None:
    log.critical("a usage row was lost: %s (attempt %s)", error, row.attempt_id)
