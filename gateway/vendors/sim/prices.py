"""The simulator's prices: a public table, exact to the nano-dollar."""

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
    per: str = ""  # the unit billed besides tokens
    unit: int = 0  # nano-dollars per unit
    written: int | None = None  # to a cache; None: as input
    written_1h: int | None = None  # with a lifetime of an hour; None: as `written`
    seen: int | None = None  # image tokens of the input; None: as input
    drawn: int | None = None  # image tokens of the output; None: as output


_MODELS = {
    "echo": Price(50_000_000, 5_000_000, 100_000_000),
    "small": Price(150_000_000, 75_000_000, 600_000_000),
    "large": Price(
        2_500_000_000, 1_250_000_000, 10_000_000_000, written=3_125_000_000, written_1h=5_000_000_000
    ),
    "reasoner": Price(1_100_000_000, 550_000_000, 4_400_000_000),
    "tools": Price(400_000_000, 100_000_000, 1_600_000_000),
    "embed-small": Price(20_000_000, 20_000_000, 0),
    "draw": Price(0, 0, 0, "image", 40_000_000),
    "draw-tokens": Price(
        5_000_000_000, 5_000_000_000, 10_000_000_000, seen=8_000_000_000, drawn=40_000_000_000
    ),
    "speak": Price(0, 0, 0, "character", 15_000),
    "hear": Price(0, 0, 0, "second", 100_000),
    "moderate": Price(0, 0, 0),
    "rank": Price(0, 0, 0, "search", 2_000_000),
}
# Thirds and primes, so that rounding per class or in floats is detected.
_ANY_SIM = Price(333_333_333, 33_333_331, 1_333_333_337, written=416_666_669, written_1h=666_666_671)

MODELS: tuple[str, ...] = tuple(_MODELS)

PRICES: Mapping[str, Price] = MappingProxyType(
    _MODELS | {f"{name}@*": price for name, price in _MODELS.items()} | {"sim-*": _ANY_SIM}
)
"""Every price, by model name as it is sent to the simulator; a `*` at the end stands for any rest."""


def price_of(model: str) -> Price | None:
    """The price of a model as requested; None if the simulator does not know the name."""
    base = model.partition("@")[0]
    price = _MODELS.get(base)
    if price is None and base.startswith("sim-"):
        return _ANY_SIM
    return price


def cost(price: Price, usage: Usage, units: int = 0) -> NanoDollars:
    """The cost of a call: summed in integers, rounded half up once at the end.

    Cached, written and image tokens are included in their totals, and charged at their own prices
    instead of the total's.
    """
    written = price.input if price.written is None else price.written
    kept = written if price.written_1h is None else price.written_1h
    seen = price.input if price.seen is None else price.seen
    drawn = price.output if price.drawn is None else price.drawn
    fresh = usage.input - usage.cached_read - usage.cache_write - usage.input_image
    total = (
        fresh * price.input
        + usage.cached_read * price.cached_input
        + (usage.cache_write - usage.cache_write_1h) * written
        + usage.cache_write_1h * kept
        + usage.input_image * seen
        + (usage.output - usage.output_image) * price.output
        + usage.output_image * drawn
    )
    return NanoDollars((total + PER // 2) // PER + units * price.unit)
