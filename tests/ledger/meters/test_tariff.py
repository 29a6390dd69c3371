"""What a call can cost is never less than what it costs."""

from hypothesis import given
from hypothesis import strategies as st

from dialects.usage import Usage
from ledger.meters.tariff import Tariff
from ledger.money import Rates
from ledger.price import FREE, Price, Tier

rate = st.integers(0, 10**11)
at = st.builds(Rates, rate, rate, rate, rate, rate, rate, rate, rate)
prices = st.builds(
    lambda base, tier, above: Price(base, () if tier is None else (Tier(above, tier),)),
    at,
    st.none() | at,
    st.integers(0, 5000),
)
count = st.integers(0, 10_000)


@given(st.lists(prices, min_size=1, max_size=3), count, count, st.data())
def test_no_use_within_the_bounds_costs_more(
    held: list[Price], tokens_in: int, tokens_out: int, data: st.DataObject
) -> None:
    tariff = Tariff.of(held)
    part = st.integers(0, tokens_in)
    usage = Usage(
        data.draw(part),
        data.draw(st.integers(0, tokens_out)),
        data.draw(part),
        data.draw(part),
        data.draw(count),
    )
    ceiling = tariff.ceiling(tokens_in, tokens_out)
    assert max(price.cost(usage) for price in held) <= ceiling <= tariff.bound(tokens_in, tokens_out)


@given(st.lists(prices, min_size=1, max_size=3), count, st.integers(0, 10**12))
def test_what_is_affordable_is_the_most_that_fits(held: list[Price], tokens_in: int, room: int) -> None:
    tariff = Tariff.of(held)
    tokens = tariff.affordable(tokens_in, room)
    if tokens is None:
        assert tariff.ceiling(tokens_in, 0) == tariff.ceiling(tokens_in, 10**6)
    else:
        if tariff.ceiling(tokens_in, 0) <= room:
            assert tariff.ceiling(tokens_in, tokens) <= room
        assert tariff.ceiling(tokens_in, tokens + 1) >= room


def test_what_is_free_costs_nothing() -> None:
    assert Tariff.of([FREE]).affordable(100, 0) is None
    assert Tariff.of([]).bound(10**6, 10**6) == 0
