"""The public price table and the one rule by which it is applied."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.kinds import VendorKind
from dialects.usage import Usage
from gateway.vendors.sim import VENDOR
from gateway.vendors.sim.prices import MODELS, PRICES, Price, cost, price_of

COUNTS = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("model", "entry"),
    [
        ("small", "small"),
        ("small@fault=refuse", "small@*"),
        ("sim-anything", "sim-*"),
        ("sim-anything@tps=3", "sim-*"),
    ],
)
def test_a_name_has_the_price_of_its_entry(model: str, entry: str) -> None:
    assert price_of(model) == PRICES[entry]


@pytest.mark.parametrize("model", ["gpt-4o", "", "smaller", "@small", "sim"])
def test_a_name_it_does_not_know_has_no_price(model: str) -> None:
    assert price_of(model) is None


def test_every_model_is_priced_with_and_without_a_behaviour() -> None:
    assert {f"{name}@*" for name in MODELS} | set(MODELS) | {"sim-*"} == set(PRICES)


def test_half_a_nano_dollar_is_rounded_up_once_per_call() -> None:
    price = Price(input=500_000, cached_input=499_999, output=1)
    assert cost(price, Usage(input=1)) == 1
    assert cost(price, Usage(input=1, cached_read=1)) == 0
    assert cost(price, Usage(input=2, output=499_999)) == 1
    assert cost(price, Usage(input=2, output=500_000)) == 2


@given(st.sampled_from(sorted(PRICES)), COUNTS, COUNTS, st.integers(0, 1000))
def test_the_cost_is_the_exact_sum_rounded_half_up(model: str, inputs: int, output: int, part: int) -> None:
    price = PRICES[model]
    cached = inputs * part // 1000
    exact = Fraction(
        (inputs - cached) * price.input + cached * price.cached_input + output * price.output, 1_000_000
    )
    usage = Usage(input=inputs, cached_read=cached, output=output)
    assert cost(price, usage) == math.floor(exact + Fraction(1, 2))


def test_the_vendor_needs_no_key() -> None:
    assert isinstance(VENDOR, VendorKind)
    assert (VENDOR.name, VENDOR.key_required) == ("sim", False)
