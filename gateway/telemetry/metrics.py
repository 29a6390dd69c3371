"""Every metric of the gateway, with label sets bounded by the configuration."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from gateway.telemetry.bulk import MOST_WAITING, TOKEN_CLASSES, Answered, Settled, took, used
from gateway.telemetry.exposing import exposed, families
from gateway.telemetry.tally import Counting, Tallies, Timing
from ledger.row import UsageRow

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
_OVERHEAD = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1)
_NANO_DOLLAR = 1e-9

Reading = Callable[[], float]


def _of_limits() -> tuple[Counting, Counting]:
    return (
        Counting("signalbox_limit_refusals_total", "Calls that a limit did not admit.", ("level", "kind")),
        Counting(
            "signalbox_budget_alerts_total", "Shares of budgets that were reached.", ("level", "percent")
        ),
    )


def _reliability() -> tuple[Counting, Counting, Counting, Counting, Counting]:
    """Breaker changes, keys set aside, extra attempts, shed calls, shadow calls."""
    return (
        Counting("signalbox_breaker_changes_total", "Moves of targets' breakers.", ("vendor", "model", "to")),
        Counting("signalbox_key_waits_total", "Keys set aside for a time.", ("vendor", "model", "reason")),
        Counting(
            "signalbox_extra_attempts_total", "Attempts beyond a call's first, and those denied.", ("reason",)
        ),
        Counting("signalbox_shed_total", "Calls there was no room for in time.", ("vendor", "priority")),
        Counting("signalbox_shadow_calls_total", "Copies of calls to a shadow.", ("result",)),
    )


def _timings() -> tuple[Timing, Timing, Timing]:
    """The whole call, its first content, and the gateway's overhead."""
    return (
        Timing(
            "signalbox_request_seconds", "From arrival to the answer's last byte.", ("endpoint",), _SECONDS
        ),
        Timing(
            "signalbox_first_content_seconds", "From arrival to the first content.", ("vendor",), _SECONDS
        ),
        Timing("signalbox_overhead_seconds", "From arrival to the way upstream.", ("endpoint",), _OVERHEAD),
    )


def _of_cache() -> tuple[Counting, Counting, Counting]:
    answers = Counting(
        "signalbox_cache_answers_total", "Requests answered without a vendor.", ("endpoint", "result")
    )
    saved = Counting(
        "signalbox_cache_saved_dollars_total", "What those answers had cost.", ("endpoint",), _NANO_DOLLAR
    )
    contents = Counting("signalbox_contents_total", "Calls whose contents are to be kept.", ("outcome",))
    return answers, saved, contents


class Metrics:
    """Counts what happens; `model` labels are declared names or patterns, never what a caller sent."""

    def __init__(self) -> None:
        self.open_streams = 0
        self.requests = Counting(
            "signalbox_requests_total", "Requests answered or refused.", ("endpoint", "model", "status")
        )
        self.attempts = Counting(
            "signalbox_attempts_total", "Calls made to vendors.", ("vendor", "model", "outcome")
        )
        self.tokens = Counting(
            "signalbox_tokens_total", "Tokens billed by vendors.", ("vendor", "model", "class")
        )
        self.cost = Counting(
            "signalbox_cost_dollars_total", "Money spent, in dollars.", ("vendor", "model"), _NANO_DOLLAR
        )
        self.unpriced = Counting(
            "signalbox_unpriced_attempts_total", "Attempts without a known price.", ("vendor", "model")
        )
        self.refusals, self.alerts = _of_limits()
        self.reloads = Counting("signalbox_config_reloads_total", "Attempts to reload.", ("outcome",))
        self.batched = Counting("signalbox_batch_lines_total", "Lines of batches run here.", ("outcome",))
        self.breakers, self.waits, self.extra, self.shed, self.shadows = failing = _reliability()
        self.findings, self.guard_failures, self.placeholders = guarded = _of_guards()
        self.cache, self.saved, self.contents = kept = _of_cache()
        self.duration, self.first_content, self.overhead = timings = _timings()
        self.tallies = Tallies(
            (
                *(self.requests, self.attempts, self.tokens, self.cost, self.unpriced, self.reloads),
                *(self.batched, self.refusals, self.alerts, *failing, *guarded, *kept),
            ),
            timings,
            self._fold,
        )
        # Counted by the hundred: one at a time cost a call as much as its row in the spool.
        self._settled: list[Settled] = []
        self._answers: list[Answered] = []
        open_streams = ("signalbox_open_streams", "Streams being answered.", lambda: self.open_streams)
        self._gauges: list[tuple[str, str, Reading]] = [open_streams]
        self._families: list[Callable[[], Iterable[Metric]]] = []
        self._siblings: Callable[[], Iterable[bytes]] = tuple

    def gauge(self, name: str, text: str, reading: Reading) -> None:
        """Adds a gauge that is read when scraped."""
        self._gauges.append((name, text, reading))

    def families(self, reading: "Callable[[], Iterable[Metric]]") -> None:
        """Adds gauges with labels; they are this process's own and not summed over workers."""
        self._families.append(reading)

    def share(self, siblings: Callable[[], Iterable[bytes]]) -> None:
        """Adds up what other workers counted; `siblings` reads their snapshots."""
        self._siblings = siblings

    def attempt(self, row: UsageRow, key: tuple[str, str]) -> None:
        """Counts a settled attempt under its vendor and model label."""
        settled = self._settled
        settled.append((key, row))
        if len(settled) >= MOST_WAITING:
            self._fold()

    def answered(self, labels: tuple[str, str, int], seconds: float) -> None:
        """Counts a request that was answered or refused, by endpoint, model and status."""
        answers = self._answers
        answers.append((labels, seconds))
        if len(answers) >= MOST_WAITING:
            self._fold()

    def cached(self, result: str, row: UsageRow) -> None:
        """Counts an answer that needed no vendor."""
        self.cache.add((row.endpoint, result))
        self.saved.add((row.endpoint,), row.saved)

    def _fold(self) -> None:
        """Adds the waiting calls to the families."""
        settled, self._settled = self._settled, []
        for (vendor, label, endpoint), use in used(settled):
            for outcome, count in use.outcomes.items():
                self.attempts.add((vendor, label, outcome), count)
            for kind, tokens in zip(TOKEN_CLASSES, use.tokens, strict=True):
                if tokens:
                    self.tokens.add((vendor, label, kind), tokens)
            self.cost.add((vendor, label), use.cost)
            if use.unpriced:
                self.unpriced.add((vendor, label), use.unpriced)
            self.first_content.observe_all((vendor,), use.first_seconds)
            self.overhead.observe_all((endpoint,), use.overhead_seconds)
        answers, self._answers = self._answers, []
        for labels, times in took(answers):
            self.requests.add(labels, len(times))
            self.duration.observe_all(labels[:1], times)

    def collect(self) -> "Iterator[Metric]":
        """The metrics for a scrape."""
        yield from self.tallies.merge(self._siblings())
        for name, text, reading in self._gauges:
            yield families().GaugeMetricFamily(name, text, value=reading())
        for read in self._families:
            yield from read()

    def exposition(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return exposed(self)


def _of_guards() -> tuple[Counting, Counting, Counting]:
    """Guards' findings and failures, and what became of placeholders."""
    return (
        Counting("signalbox_guard_findings_total", "What guards found.", ("guard", "type", "action", "mode")),
        Counting(
            "signalbox_guard_failures_total", "Guards that could not do their work.", ("guard", "reason")
        ),
        Counting(
            "signalbox_placeholders_total", "Placeholders in answers, by what became of them.", ("outcome",)
        ),
    )
