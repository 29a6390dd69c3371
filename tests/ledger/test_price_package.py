"""The copy says of every model, at any time and for any tier, what the package says."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from genai_prices import types as public
from genai_prices.data import providers
from genai_prices.data_snapshot import find_provider_by_id

from ledger.listed import Listed, Provider, Value, Values, ways_to_say
from ledger.price_package import listed
from tests.ledger.listings import names_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOMENTS = [NOON, NOON.replace(hour=2), NOON.replace(hour=23), NOON - timedelta(900), NOON + timedelta(400)]
ASKED = [{}, *({"service_tier": tier} for tier in ("flex", "priority", "batch")), {"speed": "fast"}]


@pytest.fixture(scope="module")
def copy() -> Listed:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(listed()), type=Listed)


def read(copy: Listed, key: str) -> Provider:
    return msgspec.msgpack.decode(copy.providers[key], type=Provider)


def values_of(price: public.ModelPrice) -> Values:
    return {
        name: Value(value.base, tuple((tier.start, tier.price) for tier in value.tiers))
        if isinstance(value, public.TieredPrices)
        else Value(value)
        for name, value in vars(price).items()
        if value is not None
    }


def test_every_model_costs_the_same_at_any_time_and_in_any_tier(copy: Listed) -> None:
    checked = 0
    for provider in providers:
        for theirs, ours in zip(provider.models, read(copy, provider.id).models, strict=True):
            assert ours.context == theirs.context_window
            for at in MOMENTS:
                for asked in ASKED:
                    expected = values_of(theirs.get_prices(at, asked or None))
                    assert ours.values(at, asked) == expected, (provider.id, theirs.id, at, asked)
                    checked += 1
    assert checked > 20_000


def test_every_name_is_found_where_the_package_finds_it(copy: Listed) -> None:
    for provider in providers:
        own = read(copy, provider.id)
        assert own.fallbacks == tuple(provider.fallback_model_providers or ())
        for name in names_of(provider):
            theirs = provider.find_model(name)
            found = next((model for way in ways_to_say(name) if (model := own.find(way))), None)
            place = None if found is None else own.models.index(found)
            assert theirs is (None if place is None else provider.models[place]), (provider.id, name)


@pytest.mark.parametrize(
    "asked", ["openai", " OpenAI ", "azure", "bedrock", "aws", "google-vertex", "nobody"]
)
def test_a_provider_is_found_by_what_it_is_called(copy: Listed, asked: str) -> None:
    theirs = find_provider_by_id(providers, asked)
    assert copy.provider(asked) == (None if theirs is None else theirs.id)


def test_hours_are_those_at_which_a_price_changes(copy: Listed) -> None:
    day = NOON.replace(hour=0)
    seen = set()
    for provider in providers:
        for model in provider.models:
            told = [model.get_prices(day + timedelta(minutes=30 * half)) for half in range(48)]
            seen |= {half for half in range(1, 48) if told[half] is not told[half - 1]}
    assert seen
    assert {hour.hour * 2 + hour.minute // 30 for hour in copy.hours} >= seen
