"""Each kind of limit counts what its name says; a limit is shown as it is written."""

import pytest

from config.limit import Amounts, Limit, decimal
from config.limiting import KINDS, NAMES

CALL = Amounts(input=100, output=20, cost=7)
COUNTED = {
    "requests": ("start", 1),
    "tokens": ("end", 120),
    "input_tokens": ("end", 100),
    "output_tokens": ("end", 20),
    "concurrent": ("while", 1),
    "spend": ("end", 7),
}


def test_every_kind_is_in_the_table() -> None:
    assert set(KINDS) == set(COUNTED)
    assert set(NAMES) == set(COUNTED) - {"spend"}


@pytest.mark.parametrize(("name", "when", "amount"), [(name, *row) for name, row in COUNTED.items()])
def test_what_a_call_counts_as(name: str, when: str, amount: int) -> None:
    kind = KINDS[name]
    assert (kind.when, kind.of(CALL)) == (when, amount)


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (Limit("requests", 600, "minute"), "requests=600/minute"),
        (Limit("concurrent", 40, "once"), "concurrent=40"),
        (Limit("spend", 5_500_000_000, "month"), "5.5USD/month"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_limit_is_shown_as_it_is_written(limit: Limit, text: str) -> None:
    assert limit.text == text


def test_no_digit_of_an_amount_is_lost() -> None:
    assert [decimal(nano) for nano in (1, 10**9, 1_000_000_001)] == ["0.000000001", "1", "1.000000001"]
