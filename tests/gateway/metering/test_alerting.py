"""A share of a budget is told once in a window, also by several processes, and again in the next."""

import logging
from pathlib import Path

import msgspec
import pytest

from config.alert import AlertFacts
from config.limit import Limit
from config.limiting import KINDS
from config.secret import Secret
from gateway.metering.alerting import Alerts, alert
from gateway.telemetry.metrics import Metrics
from ledger.meters.allowance import Part
from ledger.meters.meter import Meter
from tests.gateway.listener import Listener
from tests.ledger.world import opened

T0 = 1_790_000_000_000
LIMIT = Limit("spend", 100, "month", alert_at=(50, 80))


def test_each_share_is_told_once_in_a_window(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    meter = Meter(LIMIT, T0)
    parts = [Part(meter, KINDS["spend"], "team support")]
    now = T0
    with caplog.at_level(logging.WARNING, "signalbox.limits"):
        for used in (49, 1, 10, 5, 20, 10):
            meter.settle(0, used, now, now)
            alert(parts, metrics, None, now)
        now = meter.turns
        meter.settle(0, 60, now, now)
        alert(parts, metrics, None, now)
    assert [record.getMessage()[:41] for record in caplog.records] == [
        "50% of the budget of team support are rea",
        "80% of the budget of team support are rea",
        "50% of the budget of team support are rea",
    ]
    assert b'signalbox_budget_alerts_total{level="team",percent="50"} 2.0' in metrics.exposition()


def test_what_was_reached_before_a_restart_was_told_then() -> None:
    meter = Meter(LIMIT, T0)
    meter.restore([(T0, 60)], T0)
    assert meter.reached() == 0
    meter.settle(0, 30, T0, T0)
    assert meter.reached() == 80


async def test_several_processes_tell_a_share_once_and_send_it_until_it_is_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = [T0]
    async with opened(tmp_path / "a.db") as database, Listener([503, 200]) as listener:
        webhook = AlertFacts(listener.url, listener.host, Secret("s3cret", "literal"), ("127.0.0.0/8",))
        metrics = Metrics()
        processes = [Alerts(database, metrics, lambda: now[0], lambda: webhook) for _ in range(2)]
        with caplog.at_level(logging.WARNING, "signalbox.limits"):
            for alerts in processes:
                meter = Meter(LIMIT, T0)
                meter.settle(0, 60, T0, T0)
                alert([Part(meter, KINDS["spend"], "team support")], metrics, alerts, T0)
                await alerts.enter()
            for _ in range(3):
                for alerts in processes:
                    await alerts.deliver()
                now[0] += 60_000
    told = [record.getMessage() for record in caplog.records]
    assert len([text for text in told if text.startswith("50% of the budget of team support")]) == 1
    assert b'signalbox_budget_alerts_total{level="team",percent="50"} 1.0' in metrics.exposition()
    assert len(listener.requests) == 2, "once refused, once taken, then never again"
    first, second = (msgspec.json.decode(request.body) for request in listener.requests)
    assert first == second
    assert (first["owner"], first["percent"], first["used_usd"]) == ("support", 50, "0.00000006")
