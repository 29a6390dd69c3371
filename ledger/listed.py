"""The public price list in memory: the models of each provider, with rules for names and times.

Matches names and chooses prices as the `genai-prices` package does; it holds a copy of its data in a tenth of
the memory: https://github.com/pydantic/genai-prices
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal

import msgspec

_DATED = re.compile(r"(-)(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")


class Clause(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A condition on names: compares with a text, or combines other clauses."""

    kind: str
    text: str = ""
    of: "tuple[Clause, ...]" = ()

    def fits(self, name: str) -> bool:
        """Whether this lower-case name matches."""
        return _FITS[self.kind](self, name)


_FITS: Mapping[str, Callable[[Clause, str], bool]] = {
    "starts_with": lambda clause, name: name.startswith(clause.text.lower()),
    "ends_with": lambda clause, name: name.endswith(clause.text.lower()),
    "contains": lambda clause, name: clause.text.lower() in name,
    "equals": lambda clause, name: name == clause.text.lower(),
    "regex": lambda clause, name: re.search(clause.text, name) is not None,
    "or": lambda clause, name: any(each.fits(name) for each in clause.of),
    "and": lambda clause, name: all(each.fits(name) for each in clause.of),
}


class Value(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One price in dollars, and its tiers: input tokens above which another price applies, and that price."""

    base: Decimal
    tiers: tuple[tuple[int, Decimal], ...] = ()


Values = Mapping[str, Value]  # by the name of the price, such as `input_mtok`


class When(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The time a price applies: from a day on, or daily between two times, in UTC."""

    since: date | None = None
    start: time | None = None
    end: time | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it covers a moment; `at` must have a time zone."""
        at = at.astimezone(UTC)
        if self.since is not None:
            return at.date() >= self.since
        if self.start is None or self.end is None:
            return True
        now = at.time()
        if self.end < self.start:
            return now >= self.start or now < self.end
        return self.start <= now < self.end


_ALWAYS = When()


class Dated(msgspec.Struct, frozen=True, array_like=True):
    """Prices and when they apply."""

    values: dict[str, Value]
    when: When = _ALWAYS


class Variant(msgspec.Struct, frozen=True, array_like=True):
    """Prices of calls in another service tier or at another speed."""

    asked: dict[str, str]
    values: dict[str, Value]
    when: When = _ALWAYS


class Model(msgspec.Struct, frozen=True, array_like=True):
    """One model. Of several prices the last that applies is used, or the first if none does."""

    match: Clause
    prices: tuple[Dated, ...]
    variants: tuple[Variant, ...] = ()
    context: int | None = None

    def values(self, at: datetime, asked: Mapping[str, str]) -> Values | None:
        """Its prices at a moment for calls with the options `asked`; None if it has none."""
        if not self.prices:
            return None
        found = next((each for each in reversed(self.prices) if each.when.holds(at)), self.prices[0]).values
        if not asked:
            return found
        others: dict[str, Value] = {}
        for variant in self.variants:
            if variant.when.holds(at) and variant.asked.items() <= asked.items():
                others = {**variant.values, **others}
        return {**found, **others}


class Provider(msgspec.Struct, frozen=True, array_like=True):
    """One provider. Models that it does not list are looked up at `fallbacks`, ids of other providers."""

    models: tuple[Model, ...]
    fallbacks: tuple[str, ...] = ()

    def find(self, name: str) -> Model | None:
        """The first of its own models that matches this lower-case name."""
        return next((each for each in self.models if each.match.fits(name)), None)


class Listed(msgspec.Struct, frozen=True):
    """The whole list. Providers are decoded on demand: most gateways use two or three."""

    names: dict[str, Clause | None]  # by provider id: its other names
    hours: tuple[time, ...]  # times of day at which prices change
    providers: dict[str, msgspec.Raw]

    def provider(self, asked: str) -> str | None:
        """The id of the provider with this id or name."""
        name = asked.lower().strip()
        if name in self.names:
            return name
        called = (key for key, clause in self.names.items() if clause is not None and clause.fits(name))
        return next(called, None)


def ways_to_say(model: str) -> Iterable[str]:
    """A model's name in lower case, then with its date as price lists write it: `-2025-12-11`."""
    name = model.lower()
    yield name
    if (dashed := _DATED.sub(_dashed, name)) != name:
        yield dashed


def _dashed(found: re.Match[str]) -> str:
    year, month, day = (int(found[number]) for number in (2, 3, 4))
    try:
        date(year, month, day)
    except ValueError:
        return found[0]
    return f"{found[1]}{year:04d}-{month:02d}-{day:02d}"
