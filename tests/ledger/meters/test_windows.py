"""The calendar's windows begin and end where people of a time zone see them begin."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.meters.windows import NEVER, bounds


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


TABLE = [
    ("day", "UTC", "2026-03-29T12:00+00:00", "2026-03-29T00:00+00:00", "2026-03-30T00:00+00:00"),
    ("day", "Europe/Berlin", "2026-03-29T12:00+02:00", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"),
    ("day", "Asia/Kolkata", "2026-01-01T00:10+05:30", "2026-01-01T00:00+05:30", "2026-01-02T00:00+05:30"),
    ("day", "America/Havana", "2026-11-01T00:30-05:00", "2026-11-01T00:00-04:00", "2026-11-02T00:00-05:00"),
    ("day", "Atlantic/Azores", "2026-10-25T00:30-01:00", "2026-10-25T00:00+00:00", "2026-10-26T00:00-01:00"),
    ("month", "America/Havana", "2026-11-01T00:30-05:00", "2026-11-01T00:00-04:00", "2026-12-01T00:00-05:00"),
    ("week", "UTC", "2026-03-29T12:00+00:00", "2026-03-23T00:00+00:00", "2026-03-30T00:00+00:00"),
    ("month", "UTC", "2026-12-31T23:59+00:00", "2026-12-01T00:00+00:00", "2027-01-01T00:00+00:00"),
    (
        "month",
        "America/New_York",
        "2026-02-28T23:59-05:00",
        "2026-02-01T00:00-05:00",
        "2026-03-01T00:00-05:00",
    ),
]


@pytest.mark.parametrize(("per", "zone", "at", "first", "after"), TABLE)
def test_a_window_of_the_calendar(per: str, zone: str, at: str, first: str, after: str) -> None:
    assert bounds(per, zone, ms(at)) == (ms(first), ms(after))  # type: ignore[arg-type]


@pytest.mark.parametrize("per", ["total", "once", "minute", "hour"])
def test_what_has_no_calendar_never_ends(per: str) -> None:
    assert bounds(per, "UTC", ms("2026-03-29T12:00+00:00")) == (0, NEVER)  # type: ignore[arg-type]


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - made UTC below
    st.sampled_from(["day", "week", "month"]),
    st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu"]),
)
def test_windows_follow_one_another_without_a_gap(moment: datetime, per: str, zone: str) -> None:
    at = int(moment.replace(tzinfo=UTC).timestamp() * 1000)
    first, after = bounds(per, zone, at)  # type: ignore[arg-type]
    assert first <= at < after
    assert bounds(per, zone, after)[0] == after  # type: ignore[arg-type]
    assert bounds(per, zone, after - 1) == (first, after)  # type: ignore[arg-type]
