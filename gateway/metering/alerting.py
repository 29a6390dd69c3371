"""Alerts when a budget reaches a percentage, once per window across all processes."""

import asyncio
import hashlib
import importlib
import json
import logging
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from config.alert import AlertFacts
from gateway.clock import Clock
from gateway.telemetry.metrics import Metrics
from ledger.meters.allowance import Part
from ledger.meters.windows import NEVER, SLIDING_MS
from ledger.money import format_dollars
from ledger.notices import Notice, Notices
from storage.engine import Database
from storage.errors import StoreError

if TYPE_CHECKING:
    from gateway.assembly import Assembly

log = logging.getLogger("signalbox.limits")

LOOK = 5.0  # seconds between looks for notices that are due
_MOST_WAITING = 1000  # notices kept while the database is unavailable


class Alerts:
    """One process's alerts. `run` stores and sends those that no other process has stored."""

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        clock_ms: Callable[[], int],
        webhook: Callable[[], AlertFacts | None],
    ) -> None:
        self._notices = Notices(database)
        self._metrics = metrics
        self._clock_ms = clock_ms
        self._webhook = webhook
        self._waiting: deque[tuple[Notice, dict[str, Any]]] = deque(maxlen=_MOST_WAITING)
        self._woken = asyncio.Event()

    def tell(self, part: Part, percent: int, now: int) -> None:
        """Queue an alert for `run`; returns at once."""
        said = facts_of(part, percent, now)
        self._waiting.append((notice_of(said, part, now), said))
        self._woken.set()

    async def run(self) -> None:
        """Run until cancelled. While the database is unavailable, the last thousand alerts wait in memory."""
        while True:
            self._woken.clear()
            try:
                await self.enter()
                await self.deliver()
            except StoreError as error:
                log.warning("alerts wait: %s", error)
            if self._waiting or self._webhook() is not None:
                try:
                    async with asyncio.timeout(LOOK):
                        await self._woken.wait()
                except TimeoutError:
                    continue
            else:
                await self._woken.wait()

    async def enter(self) -> None:
        """Store the waiting alerts, and log those that are new. Raises StoreError."""
        while self._waiting:
            notice, said = self._waiting[0]
            first = await self._notices.enter(notice, send=self._webhook() is not None)
            self._waiting.popleft()
            if first:
                say(said, self._metrics)

    async def deliver(self) -> None:
        """Send the notices that are due, if a webhook is configured. Raises StoreError."""
        webhook = self._webhook()
        if webhook is None:
            return
        for notice in await self._notices.due(self._clock_ms()):
            # Imported here, so that the HTTP client is loaded only if needed.
            send = importlib.import_module("gateway.metering.notifying").send
            why = await send(webhook, notice, self._clock_ms() // 1000)
            if not why:
                await self._notices.sent(notice)
            elif await self._notices.failed(notice, self._clock_ms()):
                log.warning("the webhook for alerts failed and is retried: %s", why)
            else:
                log.error("the webhook for alerts failed for the last time, the alert is lost: %s", why)


def alerts_of(database: Database, assembly: "Assembly", metrics: Metrics, clock: Clock) -> Alerts:
    """A gateway's alerts, sent to the webhook of the current configuration."""
    return Alerts(database, metrics, clock.unix_ms, lambda: assembly.catalog.settings.alerts)


def alert(changed: Iterable[Part], metrics: Metrics, alerts: Alerts | None, now: int) -> None:
    """Alert for each meter that has just reached one of its percentages; without `alerts`, only log it."""
    for part in changed:
        if part.meter.limit.alert_at and (percent := part.meter.reached()):
            if alerts is None:
                say(facts_of(part, percent, now), metrics)
            else:
                alerts.tell(part, percent, now)


def say(said: dict[str, Any], metrics: Metrics) -> None:
    """Record an alert in the log and the metrics."""
    metrics.alerts.add((said["level"], str(said["percent"])))
    log.warning(
        "%d%% of the budget of %s %s are reached: %s of %s, window: %s",
        said["percent"],
        said["level"],
        said["owner"],
        format_dollars(said["used_nano"]),
        format_dollars(said["amount_nano"]),
        said["per"],
    )


def facts_of(part: Part, percent: int, now: int) -> dict[str, Any]:
    """The fields of an alert."""
    meter, (level, _, owner) = part.meter, part.owner.partition(" ")
    ends = meter.resets_at
    return {
        "type": "budget.share_reached",
        "level": level,
        "owner": owner,
        "percent": percent,
        "used_nano": meter.used,
        "amount_nano": meter.limit.amount,
        "used_usd": format_dollars(meter.used).removeprefix("$"),
        "amount_usd": format_dollars(meter.limit.amount).removeprefix("$"),
        "per": meter.limit.per,
        "models": None if meter.limit.models is None else list(meter.limit.models),
        "hard": meter.limit.hard,
        "at": _iso(now),
        "resets_at": _iso(ends) if ends < NEVER else None,
    }


def notice_of(said: dict[str, Any], part: Part, now: int) -> Notice:
    """The alert's notice; its id is the same in every process for this percentage, budget and window."""
    limit = part.meter.limit
    width = SLIDING_MS.get(limit.per)
    window = now // width if width else part.meter.starts
    same = [part.owner, limit.kind, limit.per, limit.zone, said["models"], limit.amount, window]
    name = hashlib.sha256(json.dumps([*same, said["percent"]]).encode()).hexdigest()
    return Notice(name, now, json.dumps({"id": name, **said}, ensure_ascii=False))


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
