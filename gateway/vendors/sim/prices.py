"""What the simulator charges: a public table, exact to the nano-dollar."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from dialects.usage import Usage
from ledger.row import NanoDollars

PER = 1_000_000  # prices are stated per this many tokens


class Price(msgspec.Struct, frozen=True):
    """One model's price, in nano-dollars per million tokens. Reasoning tokens cost what output costs."""

    input: int
    cached_input: int
    output: int
    per: str = ""  # what else is counted
    unit: int = 0  # nano-dollars for one of it


_MODELS = {
    "echo": Price(50_000_000, 5_000_000, 100_000_000),
    "small": Price(150_000_000, 75_000_000, 600_000_000),
    "large": Price(2_500_000_000, 1_250_000_000, 10_000_000_000),
    "reasoner": Price(1_100_000_000, 550_000_000, 4_400_000_000),
    "tools": Price(400_000_000, 100_000_000, 1_600_000_000),
    "embed-small": Price(20_000_000, 20_000_000, 0),
    "draw": Price(0, 0, 0, "image", 40_000_000),
    "draw-tokens": Price(5_000_000_000, 5_000_000_000, 40_000_000_000),
    "speak": Price(0, 0, 0, "character", 15_000),
    "hear": Price(0, 0, 0, "second", 100_000),
    "moderate": Price(0, 0, 0),
    "rank": Price(0, 0, 0, "search", 2_000_000),
}
# Thirds and primes, so that a caller who rounds per class, or in floats, is found out.
_ANY_SIM = Price(333_333_333, 33_333_331, 1_333_333_337)

MODELS: tuple[str, ...] = tuple(_MODELS)

PRICES: Mapping[str, Price] = MappingProxyType(
    _MODELS | {f"{name}@*": price for name, price in _MODELS.items()} | {"sim-*": _ANY_SIM}
)
"""Every price, by model name as it is sent to the simulator; a `*` at the end stands for any rest."""


def price_of(model: str) -> Price | None:
    """The price of a model as it was asked for, or None when the simulator does not know the name."""
    base = model.partition("@")[0]
    price = _MODELS.get(base)
    if price is None and base.startswith("sim-"):
        return _ANY_SIM
    return price


def cost(price: Price, usage: Usage, units: int = 0) -> NanoDollars:
    """What a call costs: every class in integers, rounded half up once at the end.

    Cached tokens are a part of the input and are charged at the cached price instead of the input price.
    """
    fresh = usage.input - usage.cached_read
    total = fresh * price.input + usage.cached_read * price.cached_input + usage.output * price.output
    return NanoDollars((total + PER // 2) // PER + units * price.unit)
