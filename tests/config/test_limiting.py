"""Limits are read as people write them, and what cannot be one is told what could."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Unfit
from config.limit import Limit
from config.limiting import dollars, parse_budget, parse_either, parse_limit, percent, period, rate, zone

RATES = [
    ("requests", "600/min", (600, "minute")),
    ("requests", "5 / minute", (5, "minute")),
    ("tokens", "200k/min", (200_000, "minute")),
    ("tokens", "1.5M/day", (1_500_000, "day")),
    ("output_tokens", "10/h", (10, "hour")),
    ("tokens", "3/week", (3, "week")),
    ("tokens", "3/month", (3, "month")),
    ("requests", "1000/total", (1000, "total")),
    ("concurrent", 40, (40, "once")),
    ("concurrent", "40", (40, "once")),
]
NO_RATES = [
    *[
        ("requests", each)
        for each in ("600", 600, "600/s", "0/min", "-1/min", "1.5/min", "/min", "", True, None)
    ],
    *[("concurrent", each) for each in ("40/min", 0, 1.5, "many", True)],
]


@pytest.mark.parametrize(("kind", "written", "read"), RATES)
def test_a_rate(kind: str, written: object, read: tuple[int, str]) -> None:
    assert rate(kind, written) == read


@pytest.mark.parametrize(("kind", "written"), NO_RATES)
def test_no_rate(kind: str, written: object) -> None:
    with pytest.raises(Unfit):
        rate(kind, written)


@pytest.mark.parametrize(
    ("written", "nano"),
    [("200 USD", 200 * 10**9), (200, 200 * 10**9), ("$0.50", 5 * 10**8), ("0.000000001USD", 1)],
)
def test_dollars(written: object, nano: int) -> None:
    assert dollars(written) == nano


@pytest.mark.parametrize("written", ["0", 0, "-1", "5 EUR", "1.0000000001", "much", None, True])
def test_no_dollars(written: object) -> None:
    with pytest.raises(Unfit):
        dollars(written)


@pytest.mark.parametrize(
    "text", ["", "requests", "requests=", "spend=5/month", "nothing=3/min", "requests=3"]
)
def test_no_limit_of_the_command_line(text: str) -> None:
    with pytest.raises(Unfit):
        parse_limit(text)


@pytest.mark.parametrize("text", ["", "5USD", "5USD/year", "USD/month"])
def test_no_budget_of_the_command_line(text: str) -> None:
    with pytest.raises(Unfit):
        parse_budget(text)


def test_a_budget_of_the_command_line_is_hard() -> None:
    assert parse_budget("5USD/month") == Limit(
        "spend", 5 * 10**9, "month", hard=True, on_store_failure="deny"
    )


@given(st.integers(1, 10**9), st.sampled_from(["minute", "hour", "day", "week", "month", "total"]))
def test_what_is_shown_is_read_again(amount: int, per: Any) -> None:
    assert parse_limit(Limit("tokens", amount, per).text) == Limit("tokens", amount, per)
    budget = Limit("spend", amount, per, hard=True, on_store_failure="deny")
    assert parse_budget(budget.text) == budget


@pytest.mark.parametrize("written", ["80%", "80", 80])
def test_a_share(written: object) -> None:
    assert percent(written) == 80


@pytest.mark.parametrize("written", ["0%", "101%", "-3%", "half", True, 0.8])
def test_no_share(written: object) -> None:
    with pytest.raises(Unfit):
        percent(written)


@pytest.mark.parametrize("written", ["Mars/Olympus", "", 3, "../etc/passwd"])
def test_no_zone(written: object) -> None:
    with pytest.raises(Unfit):
        zone(written)


def test_zones_and_periods() -> None:
    assert (zone("UTC"), period("min"), period("month")) == ("UTC", "minute", "month")
    with pytest.raises(Unfit):
        period("year")


def test_a_text_that_is_neither_is_told_of_both() -> None:
    assert parse_either("requests=10/min") == parse_limit("requests=10/min")
    assert parse_either("5USD/month") == parse_budget("5USD/month")
    with pytest.raises(Unfit) as refused:
        parse_either("ten")
    assert "requests=10/min" in refused.value.allowed and "5USD/month" in refused.value.allowed
