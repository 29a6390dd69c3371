"""Targets as planning sees them, and what must be known about a call to plan it."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from config.capabilities import Capabilities
from config.catalog import Target, Vendor
from config.strategies import found_strategies
from ledger.prices import Quote
from routing.facts import Candidate, Tariff
from routing.plan import Tier

_FLAGS = tuple(fact.name for fact in fields(Capabilities) if fact.name not in ("context", "output"))
_UNPRICED = "no price is known for it, and the configuration says `unpriced: deny`"


def candidate_of(target: Target, vendor: Vendor, known: Capabilities, quote: Quote | None) -> Candidate:
    """A target with everything about it that is known at load."""
    # If unsupported features are dropped from requests, a missing capability excludes no call.
    flags = _FLAGS if vendor.unsupported == "error" else ()
    return Candidate(
        target.name,
        target.weight,
        vendor.name,
        vendor.region,
        frozenset(name for name in flags if getattr(known, name) is False),
        known.context,
        _tariff(quote),
        "" if quote is not None else _UNPRICED,
    )


def _tariff(quote: Quote | None) -> Tariff | None:
    if quote is None or not quote.priced:
        return None
    price = quote.price
    at = price.base
    return Tariff(at.input, at.cached_read, at.output, at.call // 1_000_000)


def wanted_by(tiers: Sequence[Tier]) -> frozenset[str]:
    """The facts that these tiers need: `size`, `needs`, `affinity`, `turn`, `difficulty`."""
    wants: set[str] = set()
    kinds = found_strategies()
    for tier in every(tiers):
        if len(tier.candidates) > 1 or tier.branches:
            wants |= kinds[tier.strategy].wants
        if tier.max_price is not None or any(each.context is not None for each in tier.candidates):
            wants.add("size")
        if any(each.lacks for each in tier.candidates):
            wants.add("needs")
    return frozenset(wants)


def every(tiers: Sequence[Tier]) -> Iterator[Tier]:
    """The tiers and those of their branches."""
    for tier in tiers:
        yield tier
        for inner in tier.branches.values():
            yield from every(inner)
