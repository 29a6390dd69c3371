"""The public price list, the `genai-prices` package, compiled model by model to integers.

Importing it takes 85 ms and 6 MB: `ledger.prices` does so when a vendor is configured that only it can price.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from genai_prices import types as public
from genai_prices.data import providers as public_providers
from genai_prices.data_snapshot import find_provider_by_id

from ledger.money import Rates, per_million, rates
from ledger.price import Price, Tier

# The classes of tokens we meter, each with the names of its price in the public list, the special one first.
_CLASSES = {
    "input": ("input_mtok",),
    "output": ("output_mtok",),
    "cached_read": ("cache_read_mtok", "input_mtok"),
    "cache_write": ("cache_write_mtok", "cache_write_5m_mtok", "input_mtok"),
    "input_audio": ("input_audio_mtok", "input_mtok"),
    "reasoning": ("output_reasoning_mtok", "output_mtok"),
    "output_audio": ("output_audio_mtok", "output_mtok"),
    "cache_write_1h": ("cache_write_1h_mtok", "cache_write_mtok", "cache_write_5m_mtok", "input_mtok"),
    "input_image": ("input_image_mtok", "input_mtok"),
    "output_image": ("output_image_mtok", "output_mtok"),
    "cached_audio": ("cache_audio_read_mtok", "cache_read_mtok", "input_audio_mtok", "input_mtok"),
}
_PER_CALL = "requests_kcount"
# What is counted in something else than tokens, by the name of its price: our unit, and so many of them.
_TIERS = ("service_tier", "speed")  # by which of a model's prices one is chosen: a name in one is in no other
# Of which the list says nothing: where all tokens of a call cost more, and how much, in percent.
_PLACES = {
    # https://platform.claude.com/docs/en/about-claude/pricing#data-residency-pricing
    "anthropic": {"us": 110},
}
_UNITS = {"input_audio_hours": ("second", 3600), "input_mchars": ("character", 1_000_000)}


def compile_public(price: public.ModelPrice) -> Price | None:
    """A price of the public list as integers; None when it has none for anything that is counted here."""
    base, unit = _rates(price, 0), _unit(price)
    if base is None:
        return unit
    starts = {tier.start for value in _values(price) for tier in value.tiers}
    tiers = ((start, _rates(price, start + 1)) for start in sorted(starts))
    dearer = tuple(Tier(start, at) for start, at in tiers if at is not None)
    search = _dollars(price, "web_searches_kcount", 0)
    if search is None:
        return Price(base, dearer)
    return Price(base, dearer, per="search", amount=per_million(search), every=1000)


def _unit(price: public.ModelPrice) -> Price | None:
    """The price of what is heard or spoken, for those that are not billed by tokens."""
    for name, (unit, every) in _UNITS.items():
        dollars = _dollars(price, name, 0)
        if dollars is not None:
            return Price(rates(0, 0), per=unit, amount=per_million(dollars), every=every)
    return None


def public_price(prices_id: str, model: str, service_tier: str, at: datetime) -> Price | None:
    """The price of a model of the provider with this id, or None when the list has none."""
    provider, found = _model(prices_id, model)
    if provider is None or found is None:
        return None
    # As in the package: another provider's model, found by fallback, has no variants here.
    own = any(found is model for model in provider.models)
    return compile_public(
        found.get_prices(at, dict.fromkeys(_TIERS, service_tier) if service_tier and own else None)
    )


def public_tiers(prices_id: str, model: str, at: datetime) -> dict[str, Price]:
    """Prices by service tier, or Anthropic's speed, of those that have another than the standard one.

    Where a call costs more at some place, that is a name too, behind the tier's (the standard one's is
    empty) and a space.
    """
    _, found = _model(prices_id, model)
    variants = (found.price_variants or ()) if found is not None else ()
    names = sorted({tier for each in variants for name in _TIERS if (tier := each.when.get(name))})
    told = {name: public_price(prices_id, model, name, at) for name in names}
    standard = public_price(prices_id, model, "", at)
    tiers = {name: price for name, price in told.items() if price is not None and price != standard}
    if standard is None:
        return tiers
    for place, percent in _PLACES.get(prices_id, {}).items():
        for name, price in (("", standard), *tuple(tiers.items())):
            tiers[f"{name} {place}"] = price.scaled(percent)
    return tiers


def public_context(prices_id: str, model: str) -> int | None:
    """The context window of a model in tokens, often rounded; None when the list does not say."""
    _, found = _model(prices_id, model)
    return None if found is None else found.context_window


def _model(prices_id: str, model: str) -> tuple[public.Provider | None, public.ModelInfo | None]:
    provider = find_provider_by_id(public_providers, prices_id)
    found = None if provider is None else provider.find_model(model, all_providers=public_providers)
    return provider, found


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


def next_change(at: datetime) -> datetime:
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
