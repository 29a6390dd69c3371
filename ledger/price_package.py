"""`python -m ledger.price_package` prints the part of `genai-prices` that `ledger.public_prices` needs.

It runs in a separate process, so that the package's memory is freed when it ends.
"""

import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal

import msgspec
from genai_prices import types as public
from genai_prices.data import providers

from ledger.listed import Clause, Dated, Listed, Model, Provider, Value, Variant, When

_encode = msgspec.msgpack.Encoder().encode


def listed() -> Listed:
    """The package's list, without the parts that are not used here."""
    return Listed(
        names={each.id: _clause(each.provider_match) if each.provider_match else None for each in providers},
        hours=_hours(),
        providers={each.id: msgspec.Raw(_encode(_provider(each))) for each in providers},
    )


def _provider(provider: public.Provider) -> Provider:
    return Provider(tuple(map(_model, provider.models)), tuple(provider.fallback_model_providers or ()))


def _model(model: public.ModelInfo) -> Model:
    variants = (
        Variant(each.when, _values(each.prices), _when(each.constraint))
        for each in model.price_variants or ()
    )
    return Model(_clause(model.match), tuple(_prices(model)), tuple(variants), model.context_window)


def _prices(model: public.ModelInfo) -> list[Dated]:
    if isinstance(model.prices, public.ModelPrice):
        return [Dated(_values(model.prices))]
    return [Dated(_values(each.prices), _when(each.constraint)) for each in model.prices]


def _values(price: public.ModelPrice) -> dict[str, Value]:
    found = {name: _value(value) for name, value in vars(price).items()}
    return {name: value for name, value in found.items() if value is not None}


def _value(value: object) -> Value | None:
    if isinstance(value, public.TieredPrices):
        return Value(value.base, tuple((tier.start, tier.price) for tier in value.tiers))
    return Value(value) if isinstance(value, Decimal) else None


def _when(constraint: public.StartDateConstraint | public.TimeOfDateConstraint | None) -> When:
    if constraint is None:
        return When()
    if isinstance(constraint, public.StartDateConstraint):
        return When(since=constraint.start_date)
    return When(start=_utc(constraint.start_time), end=_utc(constraint.end_time))


def _utc(at: time) -> time:
    """A time without a zone is taken as UTC."""
    moment = datetime.combine(date(1970, 1, 1), at, tzinfo=at.tzinfo or UTC)
    return moment.astimezone(UTC).time()


def _hours() -> tuple[time, ...]:
    found = set[time]()
    for model in (model for provider in providers for model in provider.models):
        dated = [] if isinstance(model.prices, public.ModelPrice) else model.prices
        limits = [each.constraint for each in dated] + [
            each.constraint for each in model.price_variants or ()
        ]
        windows = [each for each in limits if isinstance(each, public.TimeOfDateConstraint)]
        found.update(_utc(edge) for each in windows for edge in (each.start_time, each.end_time))
    return tuple(sorted(found))


_SIMPLE = ("starts_with", "ends_with", "contains", "equals", "regex")
_JOINED = ("or", "and")


def _clause(clause: object) -> Clause:
    for kind in _SIMPLE:
        if hasattr(clause, kind):
            return Clause(kind, getattr(clause, kind))
    for kind in _JOINED:
        if hasattr(clause, f"{kind}_"):
            return Clause(kind, of=tuple(map(_clause, getattr(clause, f"{kind}_"))))
    raise ValueError(f"nobody knows what {type(clause).__name__} says of a name")


if __name__ == "__main__":
    sys.stdout.buffer.write(_encode(listed()))
