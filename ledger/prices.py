"""The prices of all models: the operator's first, then the public list's, each resolved once.

The public list is the `genai-prices` package. Its own lookup takes about 100 µs, so a model's first call
compiles its price to integers, and every later one is a dict lookup.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from types import MappingProxyType

import msgspec
from cachetools import LRUCache

from config.catalog import PriceOverride
from ledger.price import FREE, Price, Quote, from_override, quote
from ledger.public_prices import PublicPrices, public_prices

__all__ = ["FREE", "Price", "PriceBook", "Quote", "compile_prices", "from_override", "quote"]

# Callers choose model names, so these caches must be bounded.
REMEMBERED_MODELS = 4096
_NO_TIERS: Mapping[str, Price] = MappingProxyType({})


class PriceBook:
    """All prices in force at one moment. Replaced as a whole by `renewed`."""

    def __init__(self, declared: Sequence[Mapping[str, Price]], at: datetime, version: str) -> None:
        """`declared`: the operator's prices, then the built-in ones."""
        self.version = version
        self.at = at
        self._public: PublicPrices | None = None  # loaded on first use
        self._declared = declared
        # Longest pattern first: the most specific one wins.
        self._patterns = [
            sorted((name[:-1] for name in each if name.endswith("*")), key=len, reverse=True)
            for each in declared
        ]
        self._known: LRUCache[tuple[str | None, str, str], Price | None] = LRUCache(REMEMBERED_MODELS)
        self._tiers: LRUCache[tuple[str, str], Mapping[str, Price]] = LRUCache(REMEMBERED_MODELS)

    def find(self, vendor_prices_id: str | None, vendor_name: str, model: str) -> Price | None:
        """The price of a model at a configured vendor; None if unknown.

        `vendor_prices_id` is the vendor's id in the public list (None: not listed).
        """
        key = (vendor_prices_id, vendor_name, model)
        try:
            return self._known[key]
        except KeyError:
            price = self._declared_price(f"{vendor_name}/{model}")
            if price is None and vendor_prices_id is not None:
                price = self._list().price(vendor_prices_id, model, "", self.at)
            self._known[key] = price
            return price

    def tiers(self, vendor_prices_id: str | None, vendor_name: str, model: str) -> Mapping[str, Price]:
        """Its prices by service tier (`flex`, `priority`, …).

        Only tiers that differ from `find`; none if the operator set the price.
        """
        if vendor_prices_id is None or self.declares(vendor_name, model):
            return _NO_TIERS
        found = self._tiers.get((vendor_prices_id, model))
        if found is None:
            found = self._list().tiers(vendor_prices_id, model, self.at)
            self._tiers[vendor_prices_id, model] = found
        return found

    def declares(self, vendor_name: str, model: str) -> bool:
        """Whether its price is set by the operator or built in."""
        return self._declared_price(f"{vendor_name}/{model}") is not None

    def context(self, vendor_prices_id: str, model: str) -> int | None:
        """A model's context window by the public list. Not cached: 0.1 to 2 ms."""
        return self._list().context(vendor_prices_id, model)

    def prepare(self) -> None:
        """Load the public list, in any thread, so that the first look-up does not wait for it."""
        self._list()

    @property
    def remembered(self) -> int:
        """The number of models with a cached price; bounded, since callers choose the names."""
        return len(self._known)

    def renewed(self, now: datetime) -> "PriceBook":
        """This book before `until`, afterwards one with the prices at `now`.

        Public prices change at announced dates, and some by time of day: call this every few seconds, off
        the hot path. The version stays: it identifies the list, and a row's `at_ms` the moment.
        """
        return self if now < self.until else PriceBook(self._declared, now, self.version)

    @property
    def until(self) -> datetime:
        """When a price of this book may change; never, as long as no public price was looked up."""
        return datetime.max.replace(tzinfo=UTC) if self._public is None else self._until

    def _list(self) -> PublicPrices:
        if self._public is None:
            public = public_prices()
            self._until: datetime = public.next_change(self.at)
            self._public = public
        return self._public

    def _declared_price(self, target: str) -> Price | None:
        for declared, patterns in zip(self._declared, self._patterns, strict=True):
            exact = declared.get(target)
            if exact is not None:
                return exact
            for prefix in patterns:
                if target.startswith(prefix):
                    return declared[prefix + "*"]
        return None


def compile_prices(overrides: Sequence[PriceOverride], extra: Mapping[str, Price], at: datetime) -> PriceBook:
    """The book for a configuration: `overrides` take precedence over `extra`, both over the public list.

    `extra` are built-in prices; its keys are targets as in overrides: `vendor/model`, with `*` allowed at
    the end. `at` must have a time zone.
    """
    declared = {override.target: from_override(override) for override in overrides}
    release = metadata.version("genai-prices")
    facts = (release, sorted(declared.items()), sorted(extra.items()))
    version = hashlib.blake2b(msgspec.json.encode(facts), digest_size=4).hexdigest()
    return PriceBook((declared, extra), at, f"{release}-{version}")
