"""The price of a model, and the price an attempt is billed at if that is unknown."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import msgspec

from config.catalog import APART, PriceOverride
from dialects.usage import Searches, Usage
from ledger.money import MILLION, Rates, cost, rates
from ledger.row import NanoDollars

replace = msgspec.structs.replace


class Tier(NamedTuple):
    """The rates of an attempt with more than `above` input tokens."""

    above: int
    rates: Rates


class Price(msgspec.Struct, frozen=True):
    """The price of one model, with its long-input tiers in ascending order."""

    base: Rates
    tiers: tuple[Tier, ...] = ()
    per: str = ""  # the unit priced besides tokens
    amount: int = 0  # nano-dollars for `every` units
    batch: int = 100  # the price of a call in a batch, in percent of all this
    every: int = 1  # public prices are for an hour or a million characters; this keeps them exact
    files: int = 0  # nano-dollars for a thousand file searches
    older: int = 0  # nano-dollars for a thousand searches with an older tool; 0: as any search
    once: bool = False  # a call is billed for one web search at most

    def for_batch(self) -> "Price":
        """The price of the same call in a batch; each rate is rounded half up to a nano-dollar."""
        if self.batch == 100:
            return self

        amount = (self.amount * self.batch + 50) // 100
        return replace(self.scaled(self.batch), amount=amount, batch=100)

    def scaled(self, percent: int) -> "Price":
        """This price with tokens and calls at `percent` of their rates, each rounded half up."""

        def part(amount: int) -> int:
            return (amount * percent + 50) // 100

        tiers = tuple(Tier(tier.above, _each(tier.rates, part)) for tier in self.tiers)
        return replace(self, base=_each(self.base, part), tiers=tiers)

    def with_call(self, femto: int) -> "Price":
        """This price with so many femto-dollars more per call."""

        def more(at: Rates) -> Rates:
            return replace(at, call=at.call + femto)

        tiers = tuple(Tier(tier.above, more(tier.rates)) for tier in self.tiers)
        return replace(self, base=more(self.base), tiers=tiers)

    def cost(self, usage: Usage) -> NanoDollars:
        """The exact cost of one attempt; about a microsecond."""
        if not self.tiers:
            return cost(usage, self.base)
        return cost(usage, self._rates_for(usage.input))

    def spared(self, usage: Usage) -> NanoDollars:
        """What the vendor's prompt cache saved on these tokens; negative if caching cost more."""
        if not (usage.cached_read or usage.cache_write):
            return NanoDollars(0)
        at = self._rates_for(usage.input)
        plain = replace(
            at,
            cached_read=at.input,
            cache_write=at.input,
            cache_write_1h=at.input,
            cached_audio=at.input_audio,
        )
        return NanoDollars(cost(usage, plain) - cost(usage, at))

    def cost_of(self, usage: Usage, units: int, unit: str) -> NanoDollars:
        """The exact cost of an attempt that is billed by units besides its tokens."""
        extra = units * self.amount if self.per == unit else 0
        tokens = self.cost(usage)
        if units and not (usage.input or usage.output):
            tokens = NanoDollars(tokens + (self.base.call + 500_000) // MILLION)  # still billed as a call
        return NanoDollars(tokens + (2 * extra + self.every) // (2 * self.every))

    def with_searches(self, usage: Usage, found: Searches) -> NanoDollars:
        """The exact cost of an attempt in which the vendor performed these searches."""
        if self.told(usage):
            return self.cost(usage)
        web, apart = self._searches(found)
        return NanoDollars(self.cost_of(usage, web, "search") + (apart + 500) // 1000)

    def searching(self, most: Searches) -> int:
        """The most that so many searches can cost, in nano-dollars."""
        web, apart = self._searches(most)
        amount = self.amount if self.per == "search" else 0
        return -(-web * amount // self.every) - (-apart // 1000)

    def _searches(self, found: Searches) -> tuple[int, int]:
        """How many searches cost the standard price, and the cost of the others in nano-dollars / 1000."""
        web = found.web if self.older else found.web + found.older
        return min(web, 1) if self.once else web, found.files * self.files + found.older * self.older

    def covers(self, usage: Usage, units: int, unit: str) -> bool:
        """Whether this prices what was counted: a price for tokens does not price an image."""
        if self == FREE or not units and usage == Usage():
            return True
        priced = self.base.call > 0 or self.per == unit and units > 0
        return priced or usage != Usage() and self.base != FREE.base

    def told(self, usage: Usage) -> bool:
        """Whether the vendor reported the cost itself, so that no list price is needed."""
        return False

    def ceiling(self, input_tokens: int, output_tokens: int) -> NanoDollars:
        """The most that so many tokens can cost, whatever their classes turn out to be."""
        levels = [self.base, *(tier.rates for tier in self.tiers if input_tokens > tier.above)]
        femto = max(
            input_tokens * at.dearest_input + output_tokens * at.dearest_output + at.call for at in levels
        )
        return NanoDollars(-(-femto // 1_000_000))

    def _rates_for(self, input_tokens: int) -> Rates:
        # As in the package (genai_prices.types.calc_unit_price): the total input decides, by `>` and not
        # `>=`, and the tier's price applies to every token, not only to those above the threshold.
        for tier in reversed(self.tiers):
            if input_tokens > tier.above:
                return tier.rates
        return self.base


def _each(at: Rates, part: Callable[[int], int]) -> Rates:
    return Rates(*(part(rate) for rate in msgspec.structs.astuple(at)))


class AsTold(Price, frozen=True):
    """The price of a vendor that reports each answer's cost; if an answer has none, the list price."""

    def cost(self, usage: Usage) -> NanoDollars:
        return Price.cost(self, usage) if usage.nano is None else NanoDollars(usage.nano)

    def cost_of(self, usage: Usage, units: int, unit: str) -> NanoDollars:
        """The reported cost covers tokens and units alike."""
        if usage.nano is not None:
            return NanoDollars(usage.nano)
        return Price.cost_of(self, usage, units, unit)

    def told(self, usage: Usage) -> bool:
        return usage.nano is not None


def as_told(price: Price) -> Price:
    """The same price, for a vendor that reports costs."""
    return AsTold(*msgspec.structs.astuple(price))


FREE = Price(rates(0, 0))


class Quote(NamedTuple):
    """The price an attempt will be billed at, and whether it is known rather than assumed."""

    price: Price
    priced: bool


def quote(
    found: Price | None, rule: Literal["deny", "allow", "assume"], assumed: Price | None = None
) -> Quote | None:
    """Apply the `unpriced` setting to a price look-up; None: the call must be refused.

    `allow` bills nothing and `assume` the assumed price; both mark the row as unpriced. `assume`
    without an assumed price refuses: the operator wants nothing to be free.
    """
    if found is not None:
        return Quote(found, priced=True)
    if rule == "allow":
        return Quote(FREE, priced=False)
    if rule == "assume" and assumed is not None:
        return Quote(assumed, priced=False)
    return None


def from_override(override: PriceOverride) -> Price:
    """The price that an entry in the YAML declares."""
    apart = {name: getattr(override, name) for name in APART}
    if override.per == "call":
        at = rates(override.input, override.output, **apart, call=override.amount * MILLION)
        return Price(at, batch=override.batch)
    at = rates(override.input, override.output, **apart)
    return Price(at, per=override.per, amount=override.amount, batch=override.batch)
