"""Tiers, ceilings, and what an unknown price means."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalog import PriceOverride
from dialects.usage import Usage
from ledger.money import MILLION, NANO, rates
from ledger.prices import FREE, Price, PriceBook, compile_prices, quote

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def book(*overrides: PriceOverride, extra: dict[str, Price] | None = None, at: datetime = NOON) -> PriceBook:
    return compile_prices(overrides, extra or {}, at)


def test_a_tier_begins_after_its_threshold_and_bills_every_token() -> None:
    price = book().find("google", "google", "gemini-2.5-pro")
    assert price is not None
    (tier,) = price.tiers
    below, above = price.cost(Usage(input=tier.above)), price.cost(Usage(input=tier.above + 1))
    assert below * 10**6 == tier.above * price.base.input
    assert above == round((tier.above + 1) * tier.rates.input / 10**6)


TIERED = Price(
    rates(2 * NANO, 8 * NANO, cached_read=NANO),
    tuple(book().find("google", "google", "gemini-2.5-pro").tiers),  # type: ignore[union-attr]
)


@given(st.builds(Usage, *[st.integers(0, 2_000_000)] * 7))
def test_no_attempt_costs_more_than_the_ceiling_of_its_tokens(usage: Usage) -> None:
    price = TIERED
    assert price.cost(usage) <= price.ceiling(usage.input, usage.output)


@pytest.mark.parametrize(
    ("rule", "assumed", "expected"),
    [
        pytest.param("deny", None, None, id="deny"),
        pytest.param("deny", FREE, None, id="deny ignores an assumed price"),
        pytest.param("allow", None, (FREE, False), id="allow bills nothing and says so"),
        pytest.param("assume", Price(rates(1, 1)), (Price(rates(1, 1)), False), id="assume"),
        pytest.param("assume", None, None, id="assume what? refuse"),
    ],
)
def test_a_model_without_a_price_follows_the_rule(rule, assumed, expected) -> None:
    assert quote(None, rule, assumed) == expected
    known = Price(rates(5, 5))
    assert quote(known, rule, assumed) == (known, True)


EACH = Price(rates(0, 0), per="image", amount=40_000_000)


@pytest.mark.parametrize(
    ("price", "usage", "units", "unit", "cost", "covered"),
    [
        pytest.param(EACH, Usage(), 3, "image", 120_000_000, True, id="by the piece"),
        pytest.param(EACH, Usage(), 3, "second", 0, False, id="of another unit"),
        pytest.param(EACH, Usage(), 0, "call", 0, True, id="nothing at all"),
        pytest.param(
            Price(rates(NANO, NANO)), Usage(), 3, "image", 0, False, id="tokens that nobody counted"
        ),
        pytest.param(Price(rates(NANO, NANO)), Usage(7), 3, "image", 7_000, True, id="tokens"),
        pytest.param(
            Price(rates(NANO, 0), per="second", amount=5), Usage(7), 2, "second", 7_010, True, id="both"
        ),
        pytest.param(Price(rates(0, 0, call=5 * MILLION)), Usage(), 40, "character", 5, True, id="a call"),
        pytest.param(
            Price(rates(NANO, 0, call=5 * MILLION)), Usage(7), 1, "call", 7_005, True, id="a call with tokens"
        ),
        pytest.param(Price(rates(0, 0, call=5 * MILLION)), Usage(), 0, "call", 0, True, id="no call"),
        pytest.param(FREE, Usage(), 40, "character", 0, True, id="free"),
    ],
)
def test_units_are_billed_beside_tokens(
    price: Price, usage: Usage, units: int, unit: str, cost: int, covered: bool
) -> None:
    assert price.cost_of(usage, units, unit) == cost
    assert price.covers(usage, units, unit) is covered


def test_an_override_may_be_per_unit() -> None:
    found = book(PriceOverride("a/b", 0, 0, per="second", amount=100_000)).find(None, "a", "b")
    assert found is not None
    assert found.cost_of(Usage(), 30, "second") == 3_000_000


@pytest.mark.parametrize(
    ("dollars_in", "usage", "cost"),
    [(0, Usage(7, 3), 100_000), (1, Usage(7, 3), 107_000), (1, Usage(), 0)],
    ids=["alone", "beside tokens", "a call that was refused"],
)
def test_each_call_is_billed_whatever_else_is(dollars_in: int, usage: Usage, cost: int) -> None:
    line = PriceOverride("a/*", dollars_in * NANO, 0, per="call", amount=100_000)
    found = book(line).find(None, "a", "b")
    assert found is not None
    assert found.cost(usage) == cost
    assert found.ceiling(7, 3) == 100_000 + 7_000 * dollars_in


@pytest.mark.parametrize(("share", "cost"), [(100, 21), (50, 11), (33, 7), (0, 0)])
def test_a_batch_costs_its_share_of_every_rate(share: int, cost: int) -> None:
    at = rates(21 * NANO, 42 * NANO)
    price = Price(at, TIERED.tiers, "image", 21, batch=share).for_batch()
    assert (price.amount, price.base.input, price.per) == (cost, 21 * NANO * share // 100, "image")
    assert [tier.above for tier in price.tiers] == [tier.above for tier in TIERED.tiers]
    assert price.tiers[0].rates.output == TIERED.tiers[0].rates.output * share // 100
    assert price.for_batch() == price, "a price is shared out once"


SPARED = [
    # read from what the vendor had kept, written into it, kept for an hour
    (Usage(1_000_000), 0),
    (Usage(1_000_000, cached_read=600_000), 600_000 * 9),
    (Usage(1_000_000, cache_write=100_000), -100_000 * 5),
    (Usage(1_000_000, cached_read=600_000, cache_write=100_000), 600_000 * 9 - 100_000 * 5),
    (Usage(1_000_000, cache_write=100_000, cache_write_1h=100_000), -100_000 * 10),
]


@pytest.mark.parametrize(("usage", "nano"), SPARED)
def test_what_a_vendors_cache_spared_is_against_the_plain_price(usage: Usage, nano: int) -> None:
    at = rates(10_000_000, 0, cached_read=1_000_000, cache_write=15_000_000, cache_write_1h=20_000_000)
    assert Price(at).spared(usage) == nano
