"""Several workers' metrics add up, whoever is asked, whoever has died."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from gateway.telemetry.metrics import Metrics
from gateway.telemetry.sharing import FRESH_SECONDS, SharedMetrics, added
from gateway.telemetry.tally import Snapshot

LABELS = ("chat", "demo", "200")


class Workers:
    """Workers that share a folder and a clock that stands still until it is moved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 1000.0

    def start(self, number: int, streams: Callable[[], float] = lambda: 0.0) -> tuple[Metrics, SharedMetrics]:
        metrics = Metrics()
        gauges = {"signalbox_open_streams": streams}
        return metrics, SharedMetrics(metrics, self.folder / f"{number}.json", lambda: self.now, gauges)


@pytest.fixture
def workers(tmp_path: Path) -> Workers:
    return Workers(tmp_path)


def sample(shared: SharedMetrics, name: str) -> float:
    families = text_string_to_metric_families(shared.exposition().decode())
    return sum(each.value for family in families for each in family.samples if each.name == name)


def requests(shared: SharedMetrics) -> float:
    return sample(shared, "signalbox_requests_total")


def test_whoever_is_asked_gives_the_sum(workers: Workers) -> None:
    (one, first), (two, second) = workers.start(0), workers.start(1)
    one.requests.add(LABELS, 3)
    two.requests.add(LABELS, 4)
    one.duration.observe_all(("chat",), [0.2])
    two.duration.observe_all(("chat",), [0.2])
    first.write()
    second.write()
    assert (requests(first), requests(second)) == (7, 7)
    assert sample(second, "signalbox_request_seconds_count") == 2


def test_what_a_scrape_showed_the_next_one_shows_too_at_any_worker(workers: Workers) -> None:
    (one, first), (_, second) = workers.start(0), workers.start(1)
    one.requests.add(LABELS, 5)
    assert requests(first) == 5  # without anybody having written in between
    assert requests(second) == 5


def test_a_worker_that_died_keeps_its_counts_and_its_successor_adds_to_them(workers: Workers) -> None:
    (one, first), (_, second) = workers.start(0), workers.start(1)
    one.requests.add(LABELS, 5)
    one.tokens.add(("sim", "demo", "input"), 9)
    first.write()
    again, successor = workers.start(0)
    again.requests.add(LABELS, 2)
    assert requests(successor) == 7
    assert requests(second) == 7
    _, third = workers.start(0)
    assert requests(third) == 7
    assert sample(third, "signalbox_tokens_total") == 9


def test_gauges_of_the_living_add_up_and_those_of_the_dead_are_forgotten(workers: Workers) -> None:
    _, first = workers.start(0, lambda: 2.0)
    two, second = workers.start(1)
    two.open_streams = 3
    first.write()
    assert sample(second, "signalbox_open_streams") == 5
    workers.now += FRESH_SECONDS
    assert sample(second, "signalbox_open_streams") == 3


def test_a_file_that_nobody_can_read_is_passed_over(workers: Workers) -> None:
    one, first = workers.start(0)
    (workers.folder / "1.json").write_text("[]")
    one.requests.add(LABELS)
    assert requests(first) == 1
    _, over_it = workers.start(1)
    assert requests(over_it) == 1


def test_a_folder_that_is_gone_costs_the_sum_and_not_the_scrape(workers: Workers, caplog) -> None:
    metrics = Metrics()
    shared = SharedMetrics(metrics, workers.folder / "gone" / "0.json", lambda: 0.0, {})
    metrics.requests.add(LABELS)
    assert requests(shared) == 1
    assert "cannot be written for the others" in caplog.text


COUNTS = st.dictionaries(st.tuples(st.sampled_from("ab")), st.integers(0, 9)).map(lambda d: list(d.items()))
SERIES = st.dictionaries(
    st.tuples(st.sampled_from("ab")), st.lists(st.integers(0, 9), min_size=3, max_size=3)
)
SNAPSHOTS = st.builds(lambda counts, series: Snapshot([counts], [list(series.items())]), COUNTS, SERIES)


@given(SNAPSHOTS, SNAPSHOTS)
def test_adding_keeps_every_label_and_every_count(one: Snapshot, other: Snapshot) -> None:
    total = added(one, other)
    for labels in {labels for snapshot in (one, other) for labels, _ in snapshot.counts[0]}:
        assert dict(total.counts[0])[labels] == sum(dict(s.counts[0]).get(labels, 0) for s in (one, other))
    for labels in {labels for snapshot in (one, other) for labels, _ in snapshot.series[0]}:
        columns = [dict(s.series[0]).get(labels, [0, 0, 0]) for s in (one, other)]
        assert dict(total.series[0])[labels] == [a + b for a, b in zip(*columns, strict=True)]
