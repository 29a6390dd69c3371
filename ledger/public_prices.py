"""The public price list, the `genai-prices` package, compiled model by model to integers.

Importing the package takes 13 MB, so a separate process reads it once, and the part needed here is stored
beside this module's bytecode, if that is writable, for all later processes.
"""

import importlib
import os
import re
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import metadata
from pathlib import Path

import msgspec

from ledger.listed import Listed, Model, Provider, Value, Values, ways_to_say
from ledger.money import MILLION, Rates, per_million, rates
from ledger.price import Price, Tier

FORM = 1  # version of the file's format
_READER = "ledger.price_package"
_SECONDS = 60.0  # time limit for reading the package, on a busy machine
# The classes of tokens we meter, with their price names in the public list, the most specific first.
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
_TIERS = ("service_tier", "speed")  # options that select a price variant; they have no values in common
# Not in the list: regions in which all tokens of a call cost more, as a percentage of the price.
_PLACES = {
    # https://platform.claude.com/docs/en/about-claude/pricing#data-residency-pricing
    "anthropic": {"us": 110},
}
# Models that search on every call, and their price in dollars per thousand calls:
# https://platform.openai.com/docs/pricing#built-in-tools
_SEARCHING = {
    "openai": {
        "gpt-4o-search-preview": Decimal(25),
        "gpt-4o-mini-search-preview": Decimal(25),
        "gpt-5-search-api": Decimal(10),
    }
}
# Models without reasoning, for which searches with the older tool cost more: the same page.
_OLDER = {"openai": (("gpt-4o", "gpt-4.1"), Decimal(25))}
# Models billed once per call, however often it searches: https://ai.google.dev/gemini-api/docs/pricing
_ONCE = {"google": re.compile(r"\bgemini-[12]\b")}
# Prices not by tokens, by name in the list: our unit, and how many units the price is for.
_UNITS = {"input_audio_hours": ("second", 3600), "input_mchars": ("character", 1_000_000)}


def compile_public(values: Values) -> Price | None:
    """A public price as integers; None if it prices nothing that is metered here."""
    base, unit = _rates(values, 0), _unit(values)
    if base is None:
        return unit
    starts = {start for value in _counted(values) for start, _ in value.tiers}
    tiers = ((start, _rates(values, start + 1)) for start in sorted(starts))
    dearer = tuple(Tier(start, at) for start, at in tiers if at is not None)
    search, files = (_dollars(values, f"{kind}_searches_kcount", 0) for kind in ("web", "storage"))
    stored = 0 if files is None else per_million(files)
    if search is not None:
        return Price(base, dearer, per="search", amount=per_million(search), every=1000, files=stored)
    if unit is not None:  # audio is billed besides the tokens
        return msgspec.structs.replace(unit, base=base, tiers=dearer)
    return Price(base, dearer, files=stored)


class PublicPrices:
    """Look-ups in one release of the list."""

    def __init__(self, listed: Listed) -> None:
        self._listed = listed
        self._providers: dict[str, Provider] = {}

    def price(self, prices_id: str, model: str, service_tier: str, at: datetime) -> Price | None:
        """The price of a model at the provider with this id; None if the list has none."""
        found, own = self._model(prices_id, model)
        # As in the package: another provider's model, found by fallback, has no variants here.
        asked = dict.fromkeys(_TIERS, service_tier) if service_tier and own else {}
        values = None if found is None else found.values(at, asked)
        price = None if values is None else compile_public(values)
        return None if price is None else _with_searches(price, prices_id, model.lower())

    def tiers(self, prices_id: str, model: str, at: datetime) -> dict[str, Price]:
        """The prices that differ from the standard one, by service tier or Anthropic's speed.

        If calls cost more in a region, there are also names of a tier (empty for the standard one), a
        space and the region.
        """
        found, _ = self._model(prices_id, model)
        variants = () if found is None else found.variants
        names = sorted({tier for each in variants for name in _TIERS if (tier := each.asked.get(name))})
        told = {name: self.price(prices_id, model, name, at) for name in names}
        standard = self.price(prices_id, model, "", at)
        tiers = {name: price for name, price in told.items() if price is not None and price != standard}
        if standard is None:
            return tiers
        for place, percent in _PLACES.get(prices_id, {}).items():
            for name, price in (("", standard), *tuple(tiers.items())):
                tiers[f"{name} {place}"] = price.scaled(percent)
        return tiers

    def context(self, prices_id: str, model: str) -> int | None:
        """The context window of a model in tokens, often rounded; None if the list does not give it."""
        found, _ = self._model(prices_id, model)
        return None if found is None else found.context

    def next_change(self, at: datetime) -> datetime:
        """The next moment after `at` at which a public price may change; at most a day ahead."""
        today = datetime(at.year, at.month, at.day, tzinfo=UTC)
        moments = (datetime.combine(today, hour, tzinfo=UTC) for hour in self._listed.hours)
        return min([today + timedelta(days=1), *(moment for moment in moments if moment > at)])

    def _model(self, prices_id: str, model: str) -> tuple[Model | None, bool]:
        """A model, and whether it is the provider's own rather than a fallback's."""
        key = self._listed.provider(prices_id)
        if key is None:
            return None, False
        asked = self._provider(key)
        for name in ways_to_say(model):
            for each in (key, *asked.fallbacks):
                if (found := self._provider(each).find(name)) is not None:
                    return found, each == key
        return None, False

    def _provider(self, key: str) -> Provider:
        found = self._providers.get(key)
        if found is None:
            raw = self._listed.providers.get(key)
            found = Provider(()) if raw is None else msgspec.msgpack.decode(raw, type=Provider)
            self._providers[key] = found
        return found


@cache
def public_prices() -> PublicPrices:
    """The list of the installed release, loaded once per process."""
    kept = kept_at(Path(__file__), metadata.version("genai-prices"))
    with suppress(OSError, msgspec.MsgspecError):
        return PublicPrices(msgspec.msgpack.decode(kept.read_bytes(), type=Listed))
    made = _made()
    with suppress(OSError):  # if it cannot be stored, each process makes its own
        kept.parent.mkdir(exist_ok=True)
        half = kept.with_suffix(f".{os.getpid()}")
        half.write_bytes(made)
        half.replace(kept)
    return PublicPrices(msgspec.msgpack.decode(made, type=Listed))


def kept_at(module: Path, release: str) -> Path:
    """The file in which a release's list is stored."""
    return module.parent / "__pycache__" / f"{module.stem}.{release}.{FORM}.msgpack"


def _made() -> bytes:
    """The list, read from the package by a subprocess; in this process if that fails."""
    command = [sys.executable, "-P", "-m", _READER]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=_SECONDS,
        ).stdout
    return msgspec.msgpack.encode(importlib.import_module(_READER).listed())


def _with_searches(price: Price, prices_id: str, model: str) -> Price:
    """The price with those costs of a model's searches that the list lacks."""
    for name, dollars in _SEARCHING.get(prices_id, {}).items():
        if model.startswith(name):
            return price.with_call(per_million(dollars / 1000) * MILLION)
    names, dollars = _OLDER.get(prices_id, ((), Decimal(0)))
    if model.startswith(names) and price.per == "search":
        return msgspec.structs.replace(price, older=per_million(dollars))
    once = _ONCE.get(prices_id)
    return price if once is None or not once.search(model) else msgspec.structs.replace(price, once=True)


def _unit(values: Values) -> Price | None:
    """The price of audio or speech that is not billed by tokens."""
    for name, (unit, every) in _UNITS.items():
        dollars = _dollars(values, name, 0)
        if dollars is not None:
            return Price(rates(0, 0), per=unit, amount=per_million(dollars), every=every)
    return None


def _counted(values: Values) -> list[Value]:
    names = {name for special in _CLASSES.values() for name in special}
    return [value for name, value in values.items() if name in names]


def _rates(values: Values, input_tokens: int) -> Rates | None:
    found = {
        name: next((at for key in keys if (at := _dollars(values, key, input_tokens)) is not None), None)
        for name, keys in _CLASSES.items()
    }
    if all(dollars is None for dollars in found.values()):
        return None
    call = _dollars(values, _PER_CALL, input_tokens) or Decimal(0)
    known = {name: per_million(dollars or Decimal(0)) for name, dollars in found.items()}
    return Rates(**known, call=per_million(call * 1_000))


def _dollars(values: Values, key: str, input_tokens: int) -> Decimal | None:
    value = values.get(key)
    if value is None:
        return None
    passed = [price for start, price in value.tiers if input_tokens > start]
    return passed[-1] if passed else value.base
