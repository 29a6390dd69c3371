"""Tells, once in a window, that a share of a budget is reached."""

import logging
from collections.abc import Iterable

from gateway.telemetry.metrics import Metrics
from ledger.meters.allowance import Part
from ledger.money import format_dollars

log = logging.getLogger("signalbox.limits")


def alert(changed: Iterable[Part], metrics: Metrics) -> None:
    """Say it in the log and count it, for each meter that has just reached one of its shares."""
    for part in changed:
        meter = part.meter
        if meter.limit.alert_at and (percent := meter.reached()):
            metrics.alerts.add((part.owner.partition(" ")[0], str(percent)))
            log.warning(
                "%d%% of the budget of %s are reached: %s of %s, window: %s",
                percent,
                part.owner,
                format_dollars(meter.used),
                format_dollars(meter.limit.amount),
                meter.limit.per,
            )
