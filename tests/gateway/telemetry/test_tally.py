"""Tallies count as a plain dictionary does, and several processes' snapshots add up to what all counted."""

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from gateway.telemetry.tally import Counting, Tallies, Timing

BOUNDS = (0.1, 1.0, 10.0)
LABELS = st.tuples(st.sampled_from(["chat", 'a"b\\c\n', ""]), st.sampled_from([200, 404]))
COUNTED = st.lists(st.tuples(LABELS, st.integers(0, 10**12)), max_size=30)
TIMED = st.lists(st.tuples(LABELS, st.floats(0, 100) | st.sampled_from(BOUNDS)), max_size=30)
WORK = st.tuples(COUNTED, TIMED)


class Worker:
    """One process's two families."""

    def __init__(self, work: tuple[list[tuple[tuple[str, int], int]], list[tuple[tuple[str, int], float]]]):
        self.counting = Counting("c_total", "Counted.", ("endpoint", "status"))
        self.timing = Timing("t_seconds", "Timed.", ("endpoint", "status"), BOUNDS)
        self.folds = 0
        self.tallies = Tallies((self.counting,), (self.timing,), self._fold)
        for labels, amount in work[0]:
            self.counting.add(labels, amount)
        for labels, seconds in work[1]:
            self.timing.observe_all(labels, [seconds])

    def _fold(self) -> None:
        self.folds += 1


def samples(metrics: list[Metric]) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """What a scraper reads, by way of the text format."""

    class Given(Collector):
        def collect(self) -> list[Metric]:
            return metrics

    registry = CollectorRegistry()
    registry.register(Given())
    text = generate_latest(registry).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def named(name: str, labels: tuple[str, int], **more: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    pairs = {"endpoint": labels[0], "status": str(labels[1]), **more}
    return name, tuple(sorted(pairs.items()))


@given(works=st.lists(WORK, min_size=1, max_size=4))
def test_merged_snapshots_are_what_all_processes_counted_together(works: list[object]) -> None:
    workers = [Worker(work) for work in works]  # type: ignore[arg-type]
    found = samples(list(workers[0].tallies.merge([worker.tallies.snapshot() for worker in workers[1:]])))
    counts: Counter[tuple[str, int]] = Counter()
    times: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    for counted, timed in works:  # type: ignore[misc, attr-defined]
        for labels, amount in counted:
            counts[labels] += amount
        for labels, seconds in timed:
            times[labels].append(seconds)
    expected = {named("c_total", labels): float(count) for labels, count in counts.items()}
    touched = {labels for counted, _ in works for labels, _ in counted}  # type: ignore[misc, attr-defined]
    expected |= {named("c_total", labels): float(counts[labels]) for labels in touched}
    for labels, seconds in times.items():
        expected[named("t_seconds_count", labels)] = len(seconds)
        for bound in (*BOUNDS, float("inf")):
            within = sum(each <= bound for each in seconds)
            expected[named("t_seconds_bucket", labels, le=str(bound).replace("inf", "+Inf"))] = within
    sums = {name: found.pop(name) for name in list(found) if name[0] == "t_seconds_sum"}
    assert found == expected
    assert set(sums) == {named("t_seconds_sum", labels) for labels in times}
    for labels, seconds in times.items():
        assert abs(sums[named("t_seconds_sum", labels)] - sum(seconds)) < 1e-6


@given(work=WORK)
def test_reading_changes_nothing(work: object) -> None:
    worker = Worker(work)  # type: ignore[arg-type]
    other = Worker(work).tallies.snapshot()  # type: ignore[arg-type]
    first = samples(list(worker.tallies.merge([other])))
    assert samples(list(worker.tallies.merge([other]))) == first
    assert worker.tallies.snapshot() == other
    assert worker.folds == 3


def test_what_is_counted_elsewhere_is_folded_in_before_any_reading() -> None:
    counting = Counting("c_total", "Counted.", ())
    waiting = [3, 4]

    def fold() -> None:
        while waiting:
            counting.add((), waiting.pop())

    tallies = Tallies((counting,), (), fold)
    for _ in range(2):
        (metric,) = tallies.merge([])
        assert [sample.value for sample in metric.samples] == [7.0]


def test_a_unit_says_what_one_count_stands_for() -> None:
    money = Counting("dollars_total", "Money.", (), 1e-9)
    money.add((), 2_500_000_000)
    (sample,) = money.metric(money.counts).samples
    assert sample.value == 2.5


@given(st.lists(st.floats(0, 100) | st.sampled_from(BOUNDS), max_size=30))
def test_many_values_at_once_are_each_in_its_bucket(seconds: list[float]) -> None:
    timing = Timing("t_seconds", "Timed.", (), BOUNDS)
    timing.observe_all((), seconds)
    if not seconds:
        assert not timing.series
        return
    *buckets, total = timing.series[()]
    edges = (*BOUNDS, float("inf"))
    assert buckets == [
        sum(low < value <= high for value in seconds)
        for low, high in zip((float("-inf"), *BOUNDS), edges, strict=True)
    ]
    assert total == sum(sorted(seconds))
