"""The clock of the system tells one time in two units."""

from gateway.clock import SYSTEM_CLOCK


def test_both_wall_clocks_tell_the_same_time() -> None:
    before, seconds, after = SYSTEM_CLOCK.unix_ms(), SYSTEM_CLOCK.unix_seconds(), SYSTEM_CLOCK.unix_ms()
    assert before <= seconds * 1000 <= after + 1
    assert before > 1_700_000_000_000


def test_the_monotonic_clock_does_not_go_back() -> None:
    assert SYSTEM_CLOCK.monotonic() <= SYSTEM_CLOCK.monotonic()
