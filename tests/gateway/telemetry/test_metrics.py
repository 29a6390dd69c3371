"""What is exposed is what happened, however it was counted, folded and shared."""

from collections import Counter
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from dialects.usage import Usage
from gateway.telemetry.metrics import Metrics
from ledger.row import UsageRow
from tests.ledger.facts import ROW

TOKENS = st.integers(0, 10**6)
ROWS = st.builds(
    lambda status, usage, cost, priced, times: msgspec.structs.replace(
        ROW,
        status=status,
        usage=usage,
        cost=cost,
        priced=priced,
        queue_ms=times[0],
        first_ms=times[1],
    ),
    st.sampled_from(["ok", "error", "cut"]),
    st.builds(Usage, input=TOKENS, output=TOKENS, cached_read=TOKENS, reasoning=TOKENS),
    st.integers(0, 10**12),
    st.booleans(),
    st.tuples(st.sampled_from([0.0, 0.3, 20.0]), st.sampled_from([0.0, 150.0])),
)
KEYS = st.sampled_from([("openai", "fast"), ("openai", "gpt-*"), ("groq", "fast")])
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped(metrics: Metrics) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
    }


def only(samples: Samples, name: str) -> Samples:
    return {key: value for key, value in samples.items() if key[0] == name}


def model(settled: list[tuple[UsageRow, tuple[str, str]]]) -> dict[str, Counter[Any]]:
    told: dict[str, Counter[Any]] = {
        name: Counter() for name in ("attempts", "tokens", "cost", "unpriced", "first", "overhead")
    }
    for row, (vendor, label) in settled:
        told["attempts"][(label, row.status, vendor)] += 1
        for kind in ("input", "output", "cached_read", "reasoning"):
            told["tokens"][(kind, label, vendor)] += getattr(row.usage, kind)
        told["cost"][(label, vendor)] += row.cost
        told["unpriced"][(label, vendor)] += not row.priced
        told["first"][(vendor,)] += row.first_ms > 0
        told["overhead"][(row.endpoint,)] += row.queue_ms > 0
    return told


NAMES = {
    "attempts": "signalbox_attempts_total",
    "tokens": "signalbox_tokens_total",
    "cost": "signalbox_cost_dollars_total",
    "unpriced": "signalbox_unpriced_attempts_total",
    "first": "signalbox_first_content_seconds_count",
    "overhead": "signalbox_overhead_seconds_count",
}


@given(
    settled=st.lists(st.tuples(ROWS, KEYS, st.integers(0, 2)), max_size=25), reads=st.sets(st.integers(0, 25))
)
def test_whatever_is_settled_in_whichever_worker_is_told_once(
    settled: list[tuple[UsageRow, tuple[str, str], int]], reads: set[int]
) -> None:
    workers = [Metrics() for _ in range(3)]
    for number, (row, key, worker) in enumerate(settled):
        workers[worker].attempt(row, key)
        if number in reads:
            workers[worker].exposition()
            workers[worker].tallies.snapshot()
    workers[0].share(lambda: [worker.tallies.snapshot() for worker in workers[1:]])
    expected = model([(row, key) for row, key, _ in settled])
    for found in (scraped(workers[0]), scraped(workers[0])):
        for name, counts in expected.items():
            values = {tuple(v for _, v in key[1]): value for key, value in only(found, NAMES[name]).items()}
            if name == "cost":
                values = {key: round(value * 1e9) for key, value in values.items()}
            assert {key: value for key, value in values.items() if value} == dict(+counts)


def test_a_cost_is_told_even_where_it_is_nothing() -> None:
    metrics = Metrics()
    metrics.attempt(msgspec.structs.replace(ROW, cost=0), ("local", "llama"))
    ((_, value),) = only(scraped(metrics), NAMES["cost"]).items()
    assert value == 0


def test_gauges_are_read_when_they_are_scraped() -> None:
    metrics = Metrics()
    depth = [1]
    metrics.gauge("signalbox_spool_rows", "Rows.", lambda: depth[0])
    metrics.open_streams = 2
    depth[0] = 5
    found = scraped(metrics)
    assert found[("signalbox_spool_rows", ())] == 5
    assert found[("signalbox_open_streams", ())] == 2


def test_requests_and_reloads_are_told_with_their_labels() -> None:
    metrics = Metrics()
    metrics.requests.add(("chat", "fast", 200))
    metrics.duration.observe_all(("chat",), [0.2])
    metrics.reloads.add(("refused",))
    found = scraped(metrics)
    labels = (("endpoint", "chat"), ("model", "fast"), ("status", "200"))
    assert found[("signalbox_requests_total", labels)] == 1
    assert found[("signalbox_config_reloads_total", (("outcome", "refused"),))] == 1
    assert found[("signalbox_request_seconds_bucket", (("endpoint", "chat"), ("le", "0.25")))] == 1
    assert found[("signalbox_request_seconds_bucket", (("endpoint", "chat"), ("le", "0.1")))] == 0
