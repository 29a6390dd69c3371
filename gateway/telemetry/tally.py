"""Counters and histograms as plain numbers: a tenth of the cost of prometheus_client's, which have locks.

All counting runs on one event loop, so that no lock is needed. Each worker writes a snapshot for the others;
the one that is scraped adds them up (`merge`). prometheus_client only exposes the sums.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from gateway.telemetry.exposing import families

if TYPE_CHECKING:
    from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

Labels = tuple[str | int, ...]


class Counting:
    """A counter family: the hot path costs one dict lookup and one addition."""

    __slots__ = ("counts", "help", "labels", "name", "unit")

    def __init__(self, name: str, text: str, labels: tuple[str, ...], unit: float = 1) -> None:
        self.name = name
        self.help = text
        self.labels = labels
        self.unit = unit  # the value of one count: 1e-9 for nano-dollars shown in dollars
        self.counts: dict[Labels, int] = {}

    def add(self, labels: Labels, amount: int = 1) -> None:
        counts = self.counts
        counts[labels] = counts.get(labels, 0) + amount

    def metric(self, counts: dict[Labels, int]) -> "Metric":
        family: CounterMetricFamily = families().CounterMetricFamily(self.name, self.help, labels=self.labels)
        for labels, count in sorted(counts.items()):
            family.add_metric([str(label) for label in labels], count * self.unit)
        return family


class Timing:
    """A histogram family of seconds."""

    __slots__ = ("bounds", "help", "labels", "name", "series")

    def __init__(self, name: str, text: str, labels: tuple[str, ...], bounds: tuple[float, ...]) -> None:
        self.name = name
        self.help = text
        self.labels = labels
        self.bounds = bounds
        self.series: dict[Labels, list[float]] = {}  # one count per bucket, one for +Inf, then the sum

    def observe_all(self, labels: Labels, seconds: list[float]) -> None:
        """Adds many values at once, at a tenth of the cost of single ones. No values create no series."""
        if not seconds:
            return
        series = self.series.get(labels)
        if series is None:
            series = self.series[labels] = [0] * (len(self.bounds) + 2)
        seconds = sorted(seconds)
        below = 0
        for place, bound in enumerate(self.bounds):
            upto = bisect_right(seconds, bound)
            series[place] += upto - below
            below = upto
        series[-2] += len(seconds) - below
        series[-1] += sum(seconds)

    def metric(self, series: dict[Labels, list[float]]) -> "Metric":
        family: HistogramMetricFamily = families().HistogramMetricFamily(
            self.name, self.help, labels=self.labels
        )
        for labels, values in sorted(series.items()):
            total = 0.0
            buckets = []
            for bound, count in zip((*map(str, self.bounds), "+Inf"), values, strict=False):
                total += count
                buckets.append((bound, total))
            family.add_metric([str(label) for label in labels], buckets, values[-1])
        return family


class Snapshot(msgspec.Struct, array_like=True):
    """All counts of one worker, in the order of its families."""

    counts: list[list[tuple[tuple[str | int, ...], int]]]
    series: list[list[tuple[tuple[str | int, ...], list[float]]]]


class Tallies:
    """The families of a process. `fold` is called before any reading: it adds what is buffered elsewhere."""

    def __init__(
        self, counting: Iterable[Counting], timing: Iterable[Timing], fold: Callable[[], None]
    ) -> None:
        self._counting = tuple(counting)
        self._timing = tuple(timing)
        self._fold = fold

    def snapshot(self) -> bytes:
        """This worker's counts as bytes for `merge`."""
        self._fold()
        return msgspec.json.encode(
            Snapshot(
                [list(family.counts.items()) for family in self._counting],
                [list(family.series.items()) for family in self._timing],
            )
        )

    def merge(self, others: Iterable[bytes]) -> "Iterator[Metric]":
        """The sum of this worker's metrics and others' snapshots."""
        self._fold()
        snapshots = [msgspec.json.decode(other, type=Snapshot) for other in others]
        for place, counter in enumerate(self._counting):
            counts = dict(counter.counts)
            for snapshot in snapshots:
                for labels, count in snapshot.counts[place]:
                    counts[labels] = counts.get(labels, 0) + count
            yield counter.metric(counts)
        for place, timer in enumerate(self._timing):
            series = {labels: list(values) for labels, values in timer.series.items()}
            for snapshot in snapshots:
                for labels, values in snapshot.series[place]:
                    known = series.setdefault(labels, [0] * len(values))
                    series[labels] = [a + b for a, b in zip(known, values, strict=True)]
            yield timer.metric(series)
