"""A report beside an earlier one."""

import pytest

from ledger.comparing import Compared, compared, earlier
from ledger.reports import Counts, Question, ReportRow
from ledger.statements import HOUR_MS


def row(team: str, cost: int) -> ReportRow:
    return ReportRow({"team": team}, None, Counts(attempts=1, requests=1, cost_nano=cost))


def test_the_time_before_is_as_long() -> None:
    before = earlier(Question(("team",), 7 * HOUR_MS, 10 * HOUR_MS, {"model": ["a"]}))
    assert (before.since, before.until) == (4 * HOUR_MS, 7 * HOUR_MS)
    assert before.filters == {"model": ["a"]}
    with pytest.raises(ValueError, match="leave out --by day"):
        earlier(Question(("team", "day"), 700, 1000))


def test_no_hour_is_on_both_sides() -> None:
    before = earlier(Question(("team",), 7 * HOUR_MS + 1, 9 * HOUR_MS + 1))
    assert (before.since, before.until) == (4 * HOUR_MS, 7 * HOUR_MS)


def test_each_line_of_either_is_there_and_what_changed_most_comes_first() -> None:
    found = compared([row("a", 110), row("b", 500)], [row("a", 100), row("c", 50)])
    assert [(line.group["team"], line.now.cost_nano, line.before.cost_nano) for line in found] == [
        ("b", 500, 0),
        ("c", 0, 50),
        ("a", 110, 100),
    ]
    assert [line.change for line in found] == [None, -100.0, 10.0]


def test_nothing_and_nothing_is_nothing() -> None:
    assert compared([], []) == []
    assert Compared({}, Counts(), Counts()).change is None
