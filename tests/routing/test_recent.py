"""From when on a call is late, by how long the latest ones took."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.recent import FEWEST, KEPT, Recent, reckoned


def test_of_few_calls_nothing_is_said() -> None:
    recent = Recent()
    for _ in range(FEWEST - 1):
        recent.add(100.0)
    assert recent.late_ms == 0.0
    recent.add(100.0)
    assert recent.late_ms == 100.0


def test_only_the_latest_count() -> None:
    recent = Recent()
    for ms in [9000.0] * KEPT + [100.0] * KEPT:
        recent.add(ms)
    assert recent.late_ms == 100.0


@pytest.mark.parametrize("seed", range(5))
def test_where_one_in_twenty_hangs_they_alone_are_late(seed: int) -> None:
    draw = random.Random(seed)
    recent = Recent()
    for _ in range(1000):
        recent.add(3000.0 if draw.random() < 0.05 else draw.uniform(90, 110))
        assert recent.late_ms < 300.0


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300))
def test_what_is_late_is_never_more_than_twice_what_four_in_five_take(values: list[float]) -> None:
    late = reckoned(values)
    assert sum(value < late for value in values) <= 0.95 * len(values) + 1
    assert late <= 2 * sorted(values)[int(len(values) * 0.8)]
