"""Our prices are the public list's to the nano-dollar, and the operator's come first."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import genai_prices
import pytest
from genai_prices import types as public
from genai_prices.data import providers
from hypothesis import given
from hypothesis import strategies as st

from config.catalog import PriceOverride
from dialects.usage import Usage
from ledger.money import NANO, rates
from ledger.prices import FREE, REMEMBERED_MODELS, Price, PriceBook, compile_prices, quote

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
USAGES = [
    Usage(input=1_000, output=500),
    Usage(input=7_777, output=333, cached_read=3_000, cache_write=1_111, reasoning=99),
    Usage(input=150_001, output=20_000, cached_read=100_000),
    Usage(input=300_000, output=1),
    Usage(input=1_500_000, output=64_000, cached_read=7, cache_write=300_000),
    Usage(input=5_000, output=900, input_audio=400, output_audio=50),
]
# Resellers whose lists hold prices like 0.0833333333333333, finer than a nano-dollar per million tokens.
DIVIDED_BY_A_MACHINE = {"openrouter", "huggingface_together"}


def book(*overrides: PriceOverride, extra: dict[str, Price] | None = None, at: datetime = NOON) -> PriceBook:
    return compile_prices(overrides, extra or {}, at)


def public_cost(model: public.ModelInfo, provider: public.Provider, usage: Usage, at: datetime) -> Decimal:
    counted = genai_prices.Usage(
        input_tokens=usage.input,
        output_tokens=usage.output,
        cache_read_tokens=usage.cached_read,
        cache_write_tokens=usage.cache_write,
        output_reasoning_tokens=usage.reasoning,
        input_audio_tokens=usage.input_audio,
        output_audio_tokens=usage.output_audio,
        **joins(usage),
    )
    return model.calc_price(counted, provider, genai_request_timestamp=at).total_price * NANO


def joins(usage: Usage) -> dict[str, int]:
    """What a vendor does not tell: we say that no cached token was audio, and no thought was spoken."""
    return {
        "cache_audio_read_tokens": 0,
        "cache_audio_write_tokens": 0,
        "output_audio_reasoning_tokens": 0,
        "cache_image_read_tokens": 0,
        "input_image_tokens": 0,
        "output_image_tokens": 0,
        "input_video_tokens": 0,
        "output_video_tokens": 0,
        "output_citation_tokens": 0,
        "cache_write_1h_tokens": 0,
        "cache_write_5m_tokens": usage.cache_write,
    }


def sample() -> list[tuple[public.Provider, public.ModelInfo]]:
    """Every model of the list that its own name finds, in the provider that has it."""
    return [
        (provider, model)
        for provider in providers
        for model in provider.models
        if provider.find_model(model.id) is model
    ]


@pytest.mark.parametrize("at", [NOON, NOON.replace(hour=2), NOON + timedelta(days=400)], ids=str)
def test_our_costs_equal_the_public_calculation_for_every_model(at: datetime) -> None:
    prices, checked = book(at=at), 0
    for provider, model in sample()[::2]:
        price = prices.find(provider.id, "any", model.id)
        if price is None:
            continue
        for usage in USAGES:
            theirs = public_cost(model, provider, usage, at)
            whole = int(theirs.to_integral_value(rounding=ROUND_HALF_UP))
            off = 1 if provider.id in DIVIDED_BY_A_MACHINE else 0
            assert abs(price.cost(usage) - whole) <= off, (provider.id, model.id, usage)
        checked += 1
    assert checked >= 800


def test_a_model_without_a_price_per_token_is_not_free_but_unknown() -> None:
    assert book().find("openai", "openai", "whisper-1") is None


def test_flex_costs_less_than_standard_and_priority_more() -> None:
    prices, usage = book(), Usage(input=1000, output=1000)
    flex, standard, priority = (
        found.cost(usage)
        for tier in ("flex", "", "priority")
        if (found := prices.find("openai", "openai", "gpt-5", tier)) is not None
    )
    assert flex < standard < priority


@pytest.mark.parametrize(
    ("vendor", "model", "dollars"),
    [
        pytest.param("acme", "big", 7, id="exact target first"),
        pytest.param("acme", "big-2", 5, id="then the longest pattern"),
        pytest.param("acme", "other", 3, id="then the shorter one"),
        pytest.param("simulator", "any", 2, id="built-in vendors"),
        pytest.param("rival", "gpt-4o", None, id="nobody knows"),
    ],
)
def test_the_operators_price_is_found_from_the_most_special_line(
    vendor: str, model: str, dollars: int | None
) -> None:
    lines = [("acme/*", 3), ("acme/big*", 5), ("acme/big", 7)]
    prices = book(
        *(PriceOverride(target, dollars * NANO, 0) for target, dollars in lines),
        extra={"simulator/*": Price(rates(2 * NANO, 0)), "acme/big": FREE},
    )
    found = prices.find(None, vendor, model)
    assert (found and found.cost(Usage(input=1_000_000))) == (dollars and dollars * NANO)


def test_an_override_wins_over_the_public_list() -> None:
    prices = book(PriceOverride("mine/gpt-4o", NANO, NANO))
    found = prices.find("openai", "mine", "gpt-4o")
    assert found is not None
    assert found.cost(Usage(input=1_000_000, cached_read=1_000_000)) == NANO


def test_a_tier_begins_after_its_threshold_and_bills_every_token() -> None:
    price = book().find("google", "google", "gemini-2.5-pro")
    assert price is not None
    (tier,) = price.tiers
    below, above = price.cost(Usage(input=tier.above)), price.cost(Usage(input=tier.above + 1))
    assert below * 10**6 == tier.above * price.base.input
    assert above == round((tier.above + 1) * tier.rates.input / 10**6)


@given(st.builds(Usage, *[st.integers(0, 2_000_000)] * 7))
def test_no_attempt_costs_more_than_the_ceiling_of_its_tokens(usage: Usage) -> None:
    price = TIERED
    assert price.cost(usage) <= price.ceiling(usage.input, usage.output)


def test_the_version_tells_lists_apart_and_is_the_same_for_the_same_list() -> None:
    line = PriceOverride("acme/*", 1, 1)
    assert book(line).version == book(line).version
    assert len({book().version, book(line).version, book(extra={"acme/*": FREE}).version}) == 3
    assert len(book().version) <= 64


def test_prices_that_change_by_the_hour_are_renewed_at_the_hour() -> None:
    prices = book(at=NOON.replace(hour=3))
    assert prices.until == NOON.replace(hour=4)
    assert prices.renewed(NOON.replace(hour=3, minute=59)) is prices
    later = prices.renewed(NOON.replace(hour=4))
    assert later.version == prices.version
    usage = Usage(input=1_000_000)
    peak, calm = (b.find("deepseek", "deepseek", "deepseek-v4-pro") for b in (prices, later))
    assert peak is not None and calm is not None
    assert peak.cost(usage) != calm.cost(usage)


def test_prices_are_renewed_at_least_daily() -> None:
    at = datetime(2027, 1, 1, 23, 59, tzinfo=UTC)
    assert book(at=at).until == datetime(2027, 1, 2, tzinfo=UTC)


def test_a_second_look_up_does_not_ask_the_list_again() -> None:
    prices = book()
    assert prices.find("openai", "openai", "gpt-4o") is prices.find("openai", "openai", "gpt-4o")


def test_names_that_callers_invent_do_not_grow_the_memory() -> None:
    prices = book()
    for number in range(REMEMBERED_MODELS + 10):
        prices.find(None, "acme", f"invented-{number}")
    assert prices.remembered == REMEMBERED_MODELS


@pytest.mark.parametrize(
    ("rule", "assumed", "expected"),
    [
        pytest.param("deny", None, None, id="deny"),
        pytest.param("deny", FREE, None, id="deny ignores an assumed price"),
        pytest.param("allow", None, (FREE, False), id="allow bills nothing and says so"),
        pytest.param("assume", Price(rates(1, 1)), (Price(rates(1, 1)), False), id="assume"),
        pytest.param("assume", None, None, id="assume what? refuse"),
    ],
)
def test_a_model_without_a_price_follows_the_rule(rule, assumed, expected) -> None:
    assert quote(None, rule, assumed) == expected
    known = Price(rates(5, 5))
    assert quote(known, rule, assumed) == (known, True)


def test_loading_the_public_list_is_quick_and_small() -> None:
    code = (
        "import asyncio, resource, ssl, time, msgspec, pydantic, uvicorn, starlette.applications\n"
        "def rss(): return int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize()\n"
        "before, began = rss(), time.process_time()\n"
        "from datetime import datetime, UTC\n"
        "from ledger.prices import compile_prices\n"
        "compile_prices([], {}, datetime(2026, 11, 23, tzinfo=UTC)).find('openai', 'openai', 'gpt-4o')\n"
        "print((rss() - before) / 2**20, time.process_time() - began)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    megabytes, seconds = map(float, told.split())
    assert megabytes < 16
    assert seconds < 1.0


TIERED = Price(
    rates(2 * NANO, 8 * NANO, cached_read=NANO),
    tuple(book().find("google", "google", "gemini-2.5-pro").tiers),  # type: ignore[union-attr]
)
