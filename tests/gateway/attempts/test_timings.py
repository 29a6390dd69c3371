"""Times are exact to a microsecond, and a deadline that passed is a timeout."""

from gateway.attempts.timings import milliseconds, status_of
from gateway.upstream import FirstContentTimeout


def test_what_never_happened_took_no_time() -> None:
    assert milliseconds(5.0, 0.0, 0.0, 5.25) == (0.0, 0.0, 250.0)
    assert milliseconds(5.0, 5.0000014, 5.125, 5.25) == (0.001, 125.0, 250.0)


def test_a_deadline_that_passed_is_a_timeout() -> None:
    assert status_of(FirstContentTimeout("host", "first_content", "late"), "error") == "timeout"
