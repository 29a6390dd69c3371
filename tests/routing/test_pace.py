"""What is usual for one kind of calls, and which of them take too long."""

import pytest

from routing.pace import SLOW_FACTOR, SLOW_FLOOR, Pace


def test_until_something_is_known_nothing_is_late() -> None:
    pace = Pace()
    pace.pending[1] = 0.0
    pace.judge(0.0)
    assert pace.late(1e9) == []


@pytest.mark.parametrize(("usual_ms", "seconds"), [(10.0, SLOW_FLOOR), (2000.0, 2 * SLOW_FACTOR)])
def test_late_is_a_multiple_of_what_is_usual_and_more_than_a_second(usual_ms: float, seconds: float) -> None:
    pace = Pace()
    pace.judge(usual_ms)
    pace.pending |= {1: 0.0, 2: 0.5}
    assert pace.late(seconds) == []
    assert pace.late(seconds + 0.1) == [1]
    assert pace.late(seconds + 0.6) == [1, 2]


def test_what_is_usual_follows_slowly() -> None:
    pace = Pace()
    for _ in range(200):
        pace.took(100.0)
    pace.took(10_000.0)
    assert pace.usual_ms == pytest.approx(199)
    for _ in range(1000):
        pace.took(300.0)
    assert pace.usual_ms == pytest.approx(300, rel=0.01)
