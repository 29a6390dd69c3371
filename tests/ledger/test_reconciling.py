"""The ledger held against an export: every figure of either side, each difference once."""

from ledger.exports import Billed
from ledger.reconciling import Line, differing, lines, span
from ledger.reports import Counts, ReportRow

DAY = 86_400_000
MONDAY = 20_000 * DAY


def row(day: int, model: str, **counts: int) -> ReportRow:
    return ReportRow({"model": model}, MONDAY + day * DAY, Counts(**counts))


BILLED = [
    Billed("2024-10-04", "gpt-4o", 100, 20, None),
    Billed("2024-10-04", "gpt-4o", 50, 0, None),  # another key's
    Billed("2024-10-05", "gpt-4o", 10, 1, None),
]


def test_what_agrees_does_not_differ() -> None:
    kept = [
        row(0, "gpt-4o-2024-08-06", input_tokens=149, output_tokens=20, cost_nano=7),
        row(0, "gpt-4o", input_tokens=1),
        row(1, "gpt-4o", input_tokens=10, output_tokens=1),
    ]
    found = lines(BILLED, kept)
    assert len(found) == 4
    assert differing(found, 0) == []


def test_what_only_one_side_knows_differs() -> None:
    found = differing(lines(BILLED, [row(0, "gpt-4o", input_tokens=150), row(1, "o1", input_tokens=3)]), 0)
    assert found == [
        Line("2024-10-04", "gpt-4o", "output_tokens", 20, 0),
        Line("2024-10-05", "gpt-4o", "input_tokens", 10, 0),
        Line("2024-10-05", "gpt-4o", "output_tokens", 1, 0),
        Line("2024-10-05", "o1", "input_tokens", 0, 3),
    ]


def test_a_difference_within_the_tolerance_is_none() -> None:
    line = Line("2024-10-04", "", "cost_nano", 1000, 990)
    assert differing([line], 1) == []
    assert differing([line], 0.5) == [line]
    assert line.difference == -10


def test_an_export_without_models_is_compared_by_day() -> None:
    billed = [Billed("2024-10-04", "", None, None, 100)]
    kept = [row(0, "a", cost_nano=60), row(0, "b", cost_nano=40)]
    assert lines(billed, kept) == [Line("2024-10-04", "", "cost_nano", 100, 100)]


def test_the_days_of_an_export() -> None:
    assert span(BILLED) == ("2024-10-04", "2024-10-05")
    assert span([]) is None
