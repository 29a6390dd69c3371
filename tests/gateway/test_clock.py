"""The clock of the system tells one time in two units."""

from gateway.clock import SYSTEM_CLOCK, milliseconds


def test_both_wall_clocks_tell_the_same_time() -> None:
    before, seconds, after = SYSTEM_CLOCK.unix_ms(), SYSTEM_CLOCK.unix_seconds(), SYSTEM_CLOCK.unix_ms()
    assert before <= seconds * 1000 <= after + 1
    assert before > 1_700_000_000_000


def test_the_monotonic_clock_does_not_go_back() -> None:
    assert SYSTEM_CLOCK.monotonic() <= SYSTEM_CLOCK.monotonic()


def test_what_never_happened_took_no_time() -> None:
    assert milliseconds(12.3456789, 12.0) == 345.678
    assert milliseconds(0.0, 12.0) == 0.0
