"""Merges the metrics of several workers: each writes its counts to a file, any of them can sum them up."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from dialects.errors import UNREADABLE
from gateway.telemetry.exposing import exposed, families
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.tally import Labels, Snapshot

if TYPE_CHECKING:
    from prometheus_client.core import Metric

ValueT = TypeVar("ValueT")

log = logging.getLogger("signalbox.metrics")

WRITE_SECONDS = 1.0
FRESH_SECONDS = 5.0  # an older file belongs to a dead worker: its counts stay valid, its gauges do not


class Share(msgspec.Struct, frozen=True):
    """What one worker writes for the others. `at` is Unix seconds."""

    at: float
    counts: Snapshot
    gauges: dict[str, float]


class SharedMetrics:
    """The metrics of worker `number`, with those of all other workers at a scrape.

    A counter never decreases: what a dead worker of the same number counted is kept, and counts are written
    to this worker's file before a scrape shows them. Gauges of living workers are summed.
    """

    def __init__(
        self,
        metrics: Metrics,
        file: Path,
        clock: Callable[[], float],
        gauges: Mapping[str, Callable[[], float]],
    ) -> None:
        self._metrics = metrics
        self._file = file
        self._clock = clock
        self._gauges = gauges
        before = _read(file)
        self._past = before.counts if before else None
        metrics.share(self._uncounted)

    async def run(self) -> None:
        """Writes about every second, until cancelled."""
        while True:
            self.write()
            await asyncio.sleep(WRITE_SECONDS)

    def write(self) -> None:
        """Writes the counts for the others, atomically. A full disk costs metrics, never a call."""
        counts = msgspec.json.decode(self._metrics.tallies.snapshot(), type=Snapshot)
        if self._past is not None:
            counts = added(self._past, counts)
        gauges = {name: reading() for name, reading in self._gauges.items()}
        aside = self._file.with_suffix(".new")
        try:
            aside.write_bytes(msgspec.json.encode(Share(self._clock(), counts, gauges)))
            os.replace(aside, self._file)
        except OSError as error:
            log.warning("the metrics of this worker cannot be written for the others: %s", error)

    def collect(self) -> "Iterator[Metric]":
        """The metrics for a scrape."""
        alive = [other.gauges for other in self._others() if self._clock() - other.at < FRESH_SECONDS]
        for metric in self._metrics.collect():
            if metric.type == "gauge" and metric.samples and not metric.samples[0].labels:
                others = sum(gauges.get(metric.name, 0.0) for gauges in alive)
                yield families().GaugeMetricFamily(
                    metric.name, metric.documentation, value=metric.samples[0].value + others
                )
            else:
                yield metric

    def exposition(self) -> bytes:
        """The metrics of all workers, in Prometheus' text format."""
        self.write()
        return exposed(self)

    def _others(self) -> list[Share]:
        files = sorted(self._file.parent.glob("*.json"))
        return [share for file in files if file != self._file and (share := _read(file))]

    def _uncounted(self) -> Iterable[bytes]:
        """Snapshots of what this process did not count: its predecessor's and the other workers'."""
        past = [self._past] if self._past is not None else []
        return [msgspec.json.encode(each) for each in (*past, *(other.counts for other in self._others()))]


def added(one: Snapshot, other: Snapshot) -> Snapshot:
    """The sum of two snapshots."""
    counts = [
        list(_sums(a, b, lambda x, y: x + y).items()) for a, b in zip(one.counts, other.counts, strict=True)
    ]
    series = [list(_sums(a, b, _columns).items()) for a, b in zip(one.series, other.series, strict=True)]
    return Snapshot(counts, series)


def _columns(one: list[float], other: list[float]) -> list[float]:
    return [a + b for a, b in zip(one, other, strict=True)]


def _sums(
    one: Iterable[tuple[Labels, ValueT]],
    other: Iterable[tuple[Labels, ValueT]],
    plus: Callable[[ValueT, ValueT], ValueT],
) -> dict[Labels, ValueT]:
    total = dict(one)
    for labels, value in other:
        total[labels] = plus(total[labels], value) if labels in total else value
    return total


def _read(file: Path) -> Share | None:
    """A worker's file; None if it does not exist or has another version's format."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Share)
    except (OSError, *UNREADABLE):
        return None
