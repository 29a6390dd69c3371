"""A share of a budget is told once in a window, and again in the next."""

import logging

import pytest

from config.limit import Limit
from config.limiting import KINDS
from gateway.alerting import alert
from gateway.telemetry.metrics import Metrics
from ledger.meters.allowance import Part
from ledger.meters.meter import Meter

T0 = 1_790_000_000_000


def test_each_share_is_told_once_in_a_window(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    meter = Meter(Limit("spend", 100, "month", alert_at=(50, 80)), T0)
    parts = [Part(meter, KINDS["spend"], "team support")]
    now = T0
    with caplog.at_level(logging.WARNING, "signalbox.limits"):
        for used in (49, 1, 10, 5, 20, 10):
            meter.settle(0, used, now, now)
            alert(parts, metrics)
        now = meter.turns
        meter.settle(0, 60, now, now)
        alert(parts, metrics)
    assert [record.getMessage()[:41] for record in caplog.records] == [
        "50% of the budget of team support are rea",
        "80% of the budget of team support are rea",
        "50% of the budget of team support are rea",
    ]
    assert b'signalbox_budget_alerts_total{level="team",percent="50"} 2.0' in metrics.exposition()


def test_what_was_reached_before_a_restart_was_told_then() -> None:
    meter = Meter(Limit("spend", 100, "month", alert_at=(50, 80)), T0)
    meter.restore([(T0, 60)], T0)
    assert meter.reached() == 0
    meter.settle(0, 30, T0, T0)
    assert meter.reached() == 80
