"""What a target can do: the operator's word, the makers' documentation, the public list's window."""

from collections.abc import Sequence
from dataclasses import replace

from config.capabilities import Capabilities, CapabilityOverride, declared
from config.catalog import Vendor
from config.families import family, named_by_makers
from ledger.prices import PriceBook


def capabilities_of(
    overrides: Sequence[CapabilityOverride], book: PriceBook, vendor: Vendor, model: str
) -> Capabilities:
    """Each fact from the first of the three that has it. For building routes: too slow for each call."""
    facts = declared(overrides, f"{vendor.name}/{model}").over(family(vendor.kind, model))
    if facts.context is None and vendor.kind.prices is not None and named_by_makers(vendor.kind):
        return replace(facts, context=book.context(vendor.kind.prices, model))
    return facts
