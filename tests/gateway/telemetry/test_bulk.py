"""What is counted together is what each would have been counted as alone."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.telemetry.bulk import MOST_WAITING, TOKEN_CLASSES, took, used
from gateway.telemetry.metrics import Metrics
from ledger.row import UsageRow
from tests.gateway.telemetry.test_metrics import KEYS, ROWS
from tests.ledger.facts import ROW

LABELS = st.tuples(st.sampled_from(["chat", "messages"]), st.sampled_from(["", "fast"]), st.just(200))


@given(st.lists(st.tuples(KEYS, ROWS), max_size=20))
def test_attempts_are_added_up_by_vendor_model_and_endpoint(
    settled: list[tuple[tuple[str, str], UsageRow]],
) -> None:
    expected: Counter[Any] = Counter()
    for key, row in settled:
        kind = (*key, row.endpoint)
        expected[kind, row.status] += 1
        expected[kind, "cost"] += row.cost
        expected[kind, "unpriced"] += not row.priced
        for name in TOKEN_CLASSES:
            expected[kind, name] += getattr(row.usage, name)
        expected[kind, "first"] += row.first_ms > 0
        expected[kind, "overhead"] += row.queue_ms > 0
    found: Counter[Any] = Counter()
    for kind, use in used(settled):
        found.update({(kind, outcome): count for outcome, count in use.outcomes.items()})
        found.update(dict(zip([(kind, name) for name in TOKEN_CLASSES], use.tokens, strict=True)))
        found[kind, "cost"] += use.cost
        found[kind, "unpriced"] += use.unpriced
        found[kind, "first"] += len(use.first_seconds)
        found[kind, "overhead"] += len(use.overhead_seconds)
    assert +found == +expected


@given(st.lists(st.tuples(LABELS, st.floats(0, 100)), max_size=20))
def test_answers_are_gathered_by_their_labels(answers: list[tuple[tuple[str, str, int], float]]) -> None:
    gathered = dict(took(answers))
    assert {labels: len(times) for labels, times in gathered.items()} == Counter(
        labels for labels, _ in answers
    )
    assert sorted(sum(gathered.values(), [])) == sorted(seconds for _, seconds in answers)


def test_what_waits_is_bounded() -> None:
    metrics = Metrics()
    for _ in range(2 * MOST_WAITING + 1):
        metrics.attempt(ROW, ("openai", "fast"))
        metrics.answered(("chat", "fast", 200), 0.1)
        assert max(len(metrics._settled), len(metrics._answers)) < MOST_WAITING
    metrics.exposition()
    assert sum(metrics.attempts.counts.values()) == 2 * MOST_WAITING + 1
    assert sum(metrics.requests.counts.values()) == 2 * MOST_WAITING + 1
