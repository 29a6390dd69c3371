"""Names of models and providers, and moments at which prices hold, are read as the package reads them."""

from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from genai_prices import types as public
from genai_prices.data import providers
from hypothesis import given
from hypothesis import strategies as st

from ledger.listed import Clause, Dated, Model, Value, When, ways_to_say

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=5))


@pytest.mark.parametrize(
    ("clause", "fits", "other"),
    [
        pytest.param(Clause("equals", "GPT"), "gpt", "gpt-4", id="equals"),
        pytest.param(Clause("starts_with", "Gpt"), "gpt-4", "a-gpt", id="starts with"),
        pytest.param(Clause("ends_with", "-4"), "gpt-4", "gpt-4o", id="ends with"),
        pytest.param(Clause("contains", "PT-"), "gpt-4", "gpt", id="contains"),
        pytest.param(Clause("regex", "^g.t"), "gut", "a-gpt", id="pattern"),
        pytest.param(Clause("or", of=(Clause("equals", "a"), Clause("equals", "b"))), "b", "c", id="one of"),
        pytest.param(
            Clause("and", of=(Clause("contains", "a"), Clause("contains", "b"))), "cab", "a", id="all of"
        ),
    ],
)
def test_a_clause_fits_some_names(clause: Clause, fits: str, other: str) -> None:
    assert clause.fits(fits)
    assert not clause.fits(other)


@pytest.mark.parametrize(
    ("when", "holds", "other"),
    [
        pytest.param(When(), NOON, None, id="always"),
        pytest.param(
            When(since=NOON.date()),
            datetime(2026, 11, 23, 4, 59, tzinfo=EAST) + timedelta(hours=1),
            datetime(2026, 11, 23, 4, 59, tzinfo=EAST),
            id="from a day of UTC's on",
        ),
        pytest.param(
            When(start=time(4), end=time(6)), NOON.replace(hour=4), NOON.replace(hour=6), id="by day"
        ),
        pytest.param(
            When(start=time(22), end=time(6)), NOON.replace(hour=22), NOON.replace(hour=6), id="over midnight"
        ),
    ],
)
def test_prices_hold_at_some_moments(when: When, holds: datetime, other: datetime | None) -> None:
    assert when.holds(holds)
    assert other is None or not when.holds(other)


def test_the_last_price_that_holds_counts_else_the_first() -> None:
    first, second = ({"input_mtok": Value(Decimal(dollars))} for dollars in ("1", "2"))
    late, always = When(since=NOON.date() + timedelta(days=1)), When()
    clause = Clause("equals", "m")
    assert Model(clause, (Dated(first), Dated(second, late))).values(NOON, {}) == first
    assert Model(clause, (Dated(first), Dated(second, always))).values(NOON, {}) == second
    assert Model(clause, (Dated(first, late), Dated(second, late))).values(NOON, {}) == first
    assert Model(clause, ()).values(NOON, {}) is None


@given(st.from_regex(r"[A-Za-z]{1,5}-2[0-9]{3}[01][0-9][0-3][0-9](-x|:y|z|-2026010[12])?", fullmatch=True))
def test_a_date_in_one_piece_is_said_in_three_as_the_package_says_it(name: str) -> None:
    dashed = public._normalize_compact_dated_ref(name.lower())  # type: ignore[attr-defined]
    assert list(ways_to_say(name)) == list(dict.fromkeys((name.lower(), dashed)))


def test_every_provider_has_its_own_id() -> None:
    assert len({each.id for each in providers}) == len(providers)
