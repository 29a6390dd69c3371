"""One clock for all, which tests may set."""

import time
from itertools import pairwise

import pytest

from gateway.clock import SYSTEM_CLOCK, Clock


def test_the_systems_clock_tells_one_time_in_both_units() -> None:
    before = time.time_ns()
    milliseconds, seconds = SYSTEM_CLOCK.unix_ms(), SYSTEM_CLOCK.unix_seconds()
    after = time.time_ns()
    assert before // 1_000_000 <= milliseconds <= after // 1_000_000
    assert before / 1e9 <= seconds <= after / 1e9


def test_monotonic_time_never_goes_back() -> None:
    assert all(early <= late for early, late in pairwise(SYSTEM_CLOCK.monotonic() for _ in range(100)))


def test_a_tests_clock_stands_where_it_was_set() -> None:
    clock = Clock(unix_ms=lambda: 5, unix_seconds=lambda: 0.005, monotonic=lambda: 7.0)
    assert (clock.unix_ms(), clock.unix_seconds(), clock.monotonic()) == (5, 0.005, 7.0)


def test_nobody_sets_the_clock_of_others() -> None:
    with pytest.raises(AttributeError):
        SYSTEM_CLOCK.monotonic = lambda: 0.0  # type: ignore[misc]
