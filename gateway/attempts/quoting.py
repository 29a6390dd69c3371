"""Which price applies to a call: by service tier, or by the rule for unpriced models."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from config.catalog import Settings, Vendor
from gateway.upstream import Response
from ledger.price import as_told
from ledger.prices import FREE, PriceBook, Quote, from_override, quote

STANDARD = "default"  # OpenAI's name for the tier used if a request names none
NO_TIERS: Mapping[str, Quote] = MappingProxyType({})


def quoted(settings: Settings, book: PriceBook, vendor: Vendor, model: str) -> Quote | None:
    """The price in force; None if it is unknown and `unpriced: deny` is set."""
    assumed = settings.assumed_price
    found = FREE if vendor.kind.free else None
    found = book.find(vendor.kind.prices, vendor.name, model) or found
    told = quote(found, settings.unpriced, None if assumed is None else from_override(assumed))
    if told is None or not vendor.kind.tells_cost or book.declares(vendor.name, model):
        return told
    return told._replace(price=as_told(told.price))


def by_tier(book: PriceBook, vendor: Vendor, model: str) -> Mapping[str, Quote]:
    """The prices of service tiers that differ from the standard one."""
    found = book.tiers(vendor.kind.prices, vendor.name, model)
    return {name: Quote(price, priced=True) for name, price in found.items()} if found else NO_TIERS


def served(tiers: Mapping[str, Quote], told: Any, response: Response | None) -> Quote | None:
    """The price of the tier in which a call was served; None: the standard one.

    Gemini reports it in a header: https://ai.google.dev/gemini-api/docs/priority-inference
    """
    if told is None and response is not None:
        header = response.header(b"x-gemini-service-tier")
        told = None if header is None else header.decode("latin-1").lower()
    if not isinstance(told, str):
        return None
    _, space, place = told.partition(" ")
    return tiers.get(told) or tiers.get(space + place)  # the rest, for a tier without a price of its own
