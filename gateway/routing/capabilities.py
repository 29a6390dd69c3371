"""What a target can do: the operator's settings, vendors' documentation, the public price list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from config.capabilities import Capabilities, CapabilityOverride, declared
from config.catalog import Vendor
from config.families import family, named_by_makers
from ledger.prices import PriceBook

# The feature of `dialects.features` that a model lacks if it lacks a capability.
_LACKING: Mapping[str, str] = MappingProxyType(
    {
        "tools": "tools",
        "parallel_tools": "parallel_tools",
        "vision": "image",
        "audio": "audio",
        "files": "file",
        "json_schema": "format.schema",
        "thinking": "reasoning",
        "thinking_budget": "reasoning.budget",
        "thinking_effort": "reasoning.effort",
        "prefill": "prefill",
        "temperature": "temperature",
    }
)


def lacking(facts: Capabilities) -> frozenset[str]:
    """The features that the model is known to lack; unknown ones count as supported."""
    return frozenset(feature for fact, feature in _LACKING.items() if getattr(facts, fact) is False)


def capabilities_of(
    overrides: Sequence[CapabilityOverride], book: PriceBook, vendor: Vendor, model: str
) -> Capabilities:
    """Each fact from the first of the three sources that has it. Used at load: too slow for each call."""
    facts = declared(overrides, f"{vendor.name}/{model}").over(family(vendor.kind, model))
    if facts.context is None and vendor.kind.prices is not None and named_by_makers(vendor.kind):
        return replace(facts, context=book.context(vendor.kind.prices, model))
    return facts
