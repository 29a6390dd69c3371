"""What a model costs: the operator's prices first, then the public list, each looked up once.

The public list is the `genai-prices` package. Its own look-up costs about 100 µs a call, so the first
call of a model compiles its price to integers and every later one is a dict look-up.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

import genai_prices
import msgspec
from cachetools import LRUCache
from genai_prices import types as public
from genai_prices.data import providers as public_providers
from genai_prices.data_snapshot import find_provider_by_id

from config.catalog import PriceOverride
from dialects.usage import Usage
from ledger.money import Rates, cost, per_million, rates
from ledger.row import NanoDollars

# Callers choose model names, so what is remembered must be bounded.
REMEMBERED_MODELS = 4096

# The classes of tokens we meter, each with the names of its price in the public list, the special one first.
_CLASSES = {
    "input": ("input_mtok",),
    "output": ("output_mtok",),
    "cached_read": ("cache_read_mtok", "input_mtok"),
    "cache_write": ("cache_write_mtok", "cache_write_5m_mtok", "input_mtok"),
    "input_audio": ("input_audio_mtok", "input_mtok"),
    "reasoning": ("output_reasoning_mtok", "output_mtok"),
    "output_audio": ("output_audio_mtok", "output_mtok"),
}
_PER_CALL = "requests_kcount"


class Tier(NamedTuple):
    """The rates of an attempt whose input is above `above` tokens."""

    above: int
    rates: Rates


class Price(msgspec.Struct, frozen=True):
    """What one model costs, with its dearer tiers in ascending order."""

    base: Rates
    tiers: tuple[Tier, ...] = ()

    def cost(self, usage: Usage) -> NanoDollars:
        """The exact cost of one attempt; about a microsecond."""
        if not self.tiers:
            return cost(usage, self.base)
        return cost(usage, self._rates_for(usage.input))

    def ceiling(self, input_tokens: int, output_tokens: int) -> NanoDollars:
        """The most that so many tokens can cost, whatever classes they turn out to be of."""
        levels = [self.base, *(tier.rates for tier in self.tiers if input_tokens > tier.above)]
        femto = max(
            input_tokens * at.dearest_input + output_tokens * at.dearest_output + at.call for at in levels
        )
        return NanoDollars(-(-femto // 1_000_000))

    def _rates_for(self, input_tokens: int) -> Rates:
        # The package's rule (genai_prices.types.calc_unit_price): the total input decides, `>` and not
        # `>=`, and the tier's price applies to every token, not only to those above the threshold.
        for tier in reversed(self.tiers):
            if input_tokens > tier.above:
                return tier.rates
        return self.base


FREE = Price(rates(0, 0))


class Quote(NamedTuple):
    """The price an attempt will be billed at, and whether it is a known one."""

    price: Price
    priced: bool


def quote(
    found: Price | None, rule: Literal["deny", "allow", "assume"], assumed: Price | None = None
) -> Quote | None:
    """Apply the `unpriced` setting to a look-up; None: the call must be refused.

    `allow` bills nothing and `assume` bills the assumed price; both mark the row as unpriced.
    `assume` without an assumed price refuses: the operator asked that nothing be free.
    """
    if found is not None:
        return Quote(found, priced=True)
    if rule == "allow":
        return Quote(FREE, priced=False)
    if rule == "assume" and assumed is not None:
        return Quote(assumed, priced=False)
    return None


def from_override(override: PriceOverride) -> Price:
    """The price that a line of the YAML declares."""
    return Price(rates(override.input, override.output, override.cached_read, override.cache_write))


class PriceBook:
    """Every price in force at one moment. Built whole, swapped whole by `renewed`."""

    def __init__(self, declared: Mapping[str, Price], at: datetime, version: str) -> None:
        self.version = version
        self.at = at
        self.until = _next_change(at)
        self._declared = declared
        # Longest pattern first: the most special one wins.
        self._patterns = sorted((name[:-1] for name in declared if name.endswith("*")), key=len, reverse=True)
        self._known: LRUCache[tuple[str | None, str, str, str], Price | None] = LRUCache(REMEMBERED_MODELS)

    def find(
        self, vendor_prices_id: str | None, vendor_name: str, model: str, service_tier: str = ""
    ) -> Price | None:
        """The price of a model at a configured vendor, or None when nobody knows it.

        `vendor_prices_id` is the vendor's id in the public list (None: it has none). `service_tier` is
        the one the vendor served (`flex`, `priority`, …); an unknown one costs the standard price.
        """
        key = (vendor_prices_id, vendor_name, model, service_tier)
        try:
            return self._known[key]
        except KeyError:
            price = self._declared_price(f"{vendor_name}/{model}")
            if price is None and vendor_prices_id is not None:
                price = _public_price(vendor_prices_id, model, service_tier, self.at)
            self._known[key] = price
            return price

    @property
    def remembered(self) -> int:
        """How many models it holds an answer for; bounded, since callers choose the names."""
        return len(self._known)

    def renewed(self, now: datetime) -> "PriceBook":
        """This book while it is in force (before `until`), else one with the prices of `now`.

        Public prices change at announced dates and some by the hour; asking this every few seconds
        off the hot path keeps them right. The version stays: it names the list, `at_ms` the moment.
        """
        return self if now < self.until else PriceBook(self._declared, now, self.version)

    def _declared_price(self, target: str) -> Price | None:
        exact = self._declared.get(target)
        if exact is not None:
            return exact
        for prefix in self._patterns:
            if target.startswith(prefix):
                return self._declared[prefix + "*"]
        return None


def compile_prices(overrides: Sequence[PriceOverride], extra: Mapping[str, Price], at: datetime) -> PriceBook:
    """The book for a configuration: `overrides` win over `extra`, both over the public list.

    `extra` prices what is built in; its keys are targets like those of overrides: `vendor/model`,
    `*` allowed at the end. `at` must know its time zone.
    """
    declared = {**extra, **{override.target: from_override(override) for override in overrides}}
    facts = (genai_prices.__version__, sorted(declared.items()))
    version = hashlib.blake2b(msgspec.json.encode(facts), digest_size=4).hexdigest()
    return PriceBook(declared, at, f"{genai_prices.__version__}-{version}")


def compile_public(price: public.ModelPrice) -> Price | None:
    """A price of the public list as integers; None when it has no price per token."""
    base = _rates(price, 0)
    if base is None:
        return None
    starts = {tier.start for value in _values(price) for tier in value.tiers}
    tiers = ((start, _rates(price, start + 1)) for start in sorted(starts))
    return Price(base, tuple(Tier(start, at) for start, at in tiers if at is not None))


def _public_price(prices_id: str, model: str, service_tier: str, at: datetime) -> Price | None:
    provider = find_provider_by_id(public_providers, prices_id)
    if provider is None:
        return None
    found = provider.find_model(model, all_providers=public_providers)
    if found is None:
        return None
    # As in the package: another provider's model, found by fallback, has no variants here.
    own = any(found is model for model in provider.models)
    return compile_public(
        found.get_prices(at, {"service_tier": service_tier} if service_tier and own else None)
    )


def _values(price: public.ModelPrice) -> list[public.TieredPrices]:
    names = {name for special in _CLASSES.values() for name in special}
    values = (getattr(price, name) for name in names)
    return [value for value in values if isinstance(value, public.TieredPrices)]


def _rates(price: public.ModelPrice, input_tokens: int) -> Rates | None:
    found = {
        name: next((at for key in keys if (at := _dollars(price, key, input_tokens)) is not None), None)
        for name, keys in _CLASSES.items()
    }
    if all(dollars is None for dollars in found.values()):
        return None
    call = _dollars(price, _PER_CALL, input_tokens) or Decimal(0)
    known = {name: per_million(dollars or Decimal(0)) for name, dollars in found.items()}
    return Rates(**known, call=per_million(call * 1_000))


def _dollars(price: public.ModelPrice, key: str, input_tokens: int) -> Decimal | None:
    value = getattr(price, key)
    if not isinstance(value, public.TieredPrices):
        return value if isinstance(value, Decimal) else None
    passed = [tier.price for tier in value.tiers if input_tokens > tier.start]
    return passed[-1] if passed else value.base


def _next_change(at: datetime) -> datetime:
    """The first moment after `at` at which some public price may differ; at most a day ahead."""
    midnight = datetime(at.year, at.month, at.day, tzinfo=UTC) + timedelta(days=1)
    hours = {
        moment
        for provider in public_providers
        for model in provider.models
        for moment in _hours(model.prices)
    }
    today = [midnight - timedelta(days=1) + hour for hour in hours]
    return min([midnight, *(moment for moment in today if moment > at)])


def _hours(prices: public.ModelPrice | list[public.ConditionalPrice]) -> list[timedelta]:
    if isinstance(prices, public.ModelPrice):
        return []
    windows = [p.constraint for p in prices if isinstance(p.constraint, public.TimeOfDateConstraint)]
    edges = [edge for window in windows for edge in (window.start_time, window.end_time)]
    day = datetime(1970, 1, 1, tzinfo=UTC)
    moments = [datetime.combine(day, edge, tzinfo=edge.tzinfo or UTC).astimezone(UTC) for edge in edges]
    return [timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second) for moment in moments]
