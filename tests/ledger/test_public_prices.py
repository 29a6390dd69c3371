"""Our prices are the public list's to the nano-dollar."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import genai_prices
import pytest
from genai_prices import types as public
from genai_prices.data import providers

from config.catalog import PriceOverride
from dialects.usage import Searches, Usage
from ledger import public_prices
from ledger.money import NANO
from ledger.prices import Price, PriceBook, compile_prices

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
USAGES = [
    Usage(input=1_000, output=500),
    Usage(input=7_777, output=333, cached_read=3_000, cache_write=1_111, reasoning=99),
    Usage(input=150_001, output=20_000, cached_read=100_000),
    Usage(input=300_000, output=1),
    Usage(input=1_500_000, output=64_000, cached_read=7, cache_write=300_000),
    Usage(input=9_000, output=70, cached_read=100, cache_write=5_000, cache_write_1h=1_234),
    Usage(input=5_000, output=900, input_image=700, output_image=800),
    Usage(input=5_000, output=900, input_audio=400, output_audio=50),
    Usage(input=5_000, output=900, cached_read=700, input_audio=600, cached_audio=400),
]
# Nano-dollars of the search that they make for each call, of which the list says nothing.
SEARCHING = {"gpt-4o-search-preview": 25_000_000, "gpt-5-search-api": 10_000_000}
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
        cache_write_1h_tokens=usage.cache_write_1h,
        input_image_tokens=usage.input_image,
        output_image_tokens=usage.output_image,
        output_reasoning_tokens=usage.reasoning,
        input_audio_tokens=usage.input_audio,
        output_audio_tokens=usage.output_audio,
        **joins(usage),
    )
    return model.calc_price(counted, provider, genai_request_timestamp=at).total_price * NANO


def joins(usage: Usage) -> dict[str, int]:
    """What a vendor does not tell: we say that no thought was spoken."""
    return {
        "cache_audio_read_tokens": usage.cached_audio,
        "cache_audio_write_tokens": 0,
        "output_audio_reasoning_tokens": 0,
        "cache_image_read_tokens": 0,
        "input_video_tokens": 0,
        "output_video_tokens": 0,
        "output_citation_tokens": 0,
        "cache_write_5m_tokens": usage.cache_write - usage.cache_write_1h,
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
            whole = int(theirs.to_integral_value(rounding=ROUND_HALF_UP)) + SEARCHING.get(model.id, 0)
            off = 1 if provider.id in DIVIDED_BY_A_MACHINE else 0
            assert abs(price.cost(usage) - whole) <= off, (provider.id, model.id, usage)
        checked += 1
    assert checked >= 800


@pytest.mark.parametrize(
    ("vendor", "model", "unit", "units", "nano"),
    [
        ("openai", "whisper-1", "second", 90, 9_000_000),
        ("groq", "whisper-large-v3-turbo", "second", 1, 11_111),
        ("groq", "whisper-large-v3-turbo", "second", 3600, NANO // 25),
        ("openai", "tts-1", "character", 7, 105_000),
        ("mistral", "voxtral-mini-2602", "second", 203, 10_150_000),
    ],
)
def test_what_is_heard_and_spoken_is_priced_by_its_units(
    vendor: str, model: str, unit: str, units: int, nano: int
) -> None:
    price = book().find(vendor, vendor, model)
    assert price is not None
    assert price.cost_of(Usage(), units, unit) == nano
    assert price.covers(Usage(), units, unit) and not price.covers(Usage(input=5), 0, "")


@pytest.mark.parametrize(
    ("vendor", "model", "found", "nano"),
    [
        ("anthropic", "claude-sonnet-4-5", Searches(3), 30_000_000),
        ("openai", "gpt-5", Searches(2, 3), 20_000_000 + 7_500_000),
        ("openai", "gpt-5", Searches(0, 1, 2), 2_500_000 + 20_000_000),
        ("openai", "gpt-4.1-mini", Searches(1, 1, 2), 10_000_000 + 2_500_000 + 50_000_000),
        ("google", "gemini-2.5-flash", Searches(3), 35_000_000),  # by the call
        ("google", "gemini-3.5-flash", Searches(3), 42_000_000),  # by the query
        ("openai", "gpt-4o-mini-search-preview-2025-03-11", None, 25_000_000),
    ],
)
def test_what_a_vendor_searches_for_an_answer_is_priced(
    vendor: str, model: str, found: Searches | None, nano: int
) -> None:
    price, used = book().find(vendor, vendor, model), Usage(input=1_000)
    assert price is not None
    tokens = price.base.input // 1000
    assert (price.with_searches(used, found) if found else price.cost(used)) == tokens + nano
    assert found is None or price.searching(found) == nano


def test_a_model_that_is_billed_by_tokens_and_by_what_it_hears_costs_both() -> None:
    price = book().find("mistral", "mistral", "voxtral-small-24b-2507")
    assert price is not None and price.base.input > 0
    assert price.cost_of(Usage(input=1_000_000), 3600, "second") == price.base.input + 240_000_000


def test_a_model_without_a_price_for_what_is_counted_is_not_free_but_unknown() -> None:
    assert book().find("mistral", "mistral", "mistral-ocr-2503") is None


def test_flex_costs_less_than_standard_and_priority_more() -> None:
    prices, usage = book(), Usage(input=1000, output=1000)
    tiers, standard = prices.tiers("openai", "openai", "gpt-5"), prices.find("openai", "openai", "gpt-5")
    assert standard is not None
    assert tiers["flex"].cost(usage) < standard.cost(usage) < tiers["priority"].cost(usage)


def test_claude_in_a_hurry_costs_more() -> None:
    prices, usage = book(), Usage(input=1000, output=1000)
    standard = prices.find("anthropic", "anthropic", "claude-opus-4-8")
    fast = prices.tiers("anthropic", "anthropic", "claude-opus-4-8")["fast"]
    assert standard is not None and fast.cost(usage) == 2 * standard.cost(usage)


@pytest.mark.parametrize("usage", [Usage(1000, 1000), Usage(1000, 100, 500, 300, cache_write_1h=200)])
def test_claude_at_a_place_that_is_asked_for_costs_a_tenth_more_of_each_token(usage: Usage) -> None:
    prices, model = book(), "claude-opus-4-8"
    standard, tiers = (
        prices.find("anthropic", "anthropic", model),
        prices.tiers("anthropic", "anthropic", model),
    )
    assert standard is not None
    assert 10 * tiers[" us"].cost(usage) == 11 * standard.cost(usage)
    assert 10 * tiers["fast us"].cost(usage) == 11 * tiers["fast"].cost(usage)
    assert tiers[" us"].cost_of(Usage(), 1, "search") == standard.cost_of(Usage(), 1, "search")
    assert not any("us" in name for name in prices.tiers("openai", "openai", "gpt-5"))


def test_prices_that_change_by_the_hour_are_renewed_at_the_hour() -> None:
    prices = book(at=NOON.replace(hour=3))
    prices.find("openai", "openai", "gpt-4o")
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
    prices = book(at=at)
    prices.find("openai", "openai", "gpt-4o")
    assert prices.until == datetime(2027, 1, 2, tzinfo=UTC)


def test_a_book_that_asked_nothing_of_the_public_list_never_changes() -> None:
    prices = book()
    assert prices.renewed(NOON + timedelta(days=400)) is prices


def test_a_prepared_book_is_renewed_also_when_nothing_was_asked() -> None:
    prices = book(at=NOON.replace(hour=3))
    prices.prepare()
    assert prices.until == NOON.replace(hour=4)


def test_the_list_takes_little_of_a_process() -> None:
    code = (
        "import resource, sys, msgspec\n"
        "def rss(): return int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize()\n"
        "from datetime import datetime, UTC\n"
        "from ledger.prices import compile_prices\n"
        "before = rss()\n"
        "compile_prices([], {}, datetime(2026, 11, 23, tzinfo=UTC)).find('openai', 'openai', 'gpt-4o')\n"
        "print((rss() - before) / 2**20, 'genai_prices' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    megabytes, loaded = told.split()
    assert float(megabytes) < 4
    assert loaded == "False"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the list is kept, empty; and nothing is remembered of it, before and after."""
    place = tmp_path / "__pycache__" / "list.msgpack"
    monkeypatch.setattr(public_prices, "kept_at", lambda module, release: place)
    public_prices.public_prices.cache_clear()
    yield place
    public_prices.public_prices.cache_clear()


def test_the_list_is_read_from_the_package_once_and_then_from_its_copy(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    price = book().find("openai", "openai", "gpt-4o")
    assert [each.name for each in kept.parent.iterdir()] == [kept.name]
    monkeypatch.setattr(public_prices, "_made", pytest.fail)
    public_prices.public_prices.cache_clear()
    assert book().find("openai", "openai", "gpt-4o") == price
    assert price is not None


@pytest.mark.parametrize("there", [b"", b"\x81", b"nonsense"])
def test_a_copy_that_cannot_be_read_is_made_anew(kept: Path, there: bytes) -> None:
    kept.parent.mkdir()
    kept.write_bytes(there)
    assert book().find("openai", "openai", "gpt-4o") is not None
    assert len(kept.read_bytes()) > 100_000


def test_where_nothing_can_be_kept_and_no_process_started_the_package_is_read(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.parent.write_bytes(b"in the way")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert book().find("openai", "openai", "gpt-4o") is not None


def test_a_copy_is_of_one_release(tmp_path: Path) -> None:
    one, other = (public_prices.kept_at(tmp_path / "m.py", release) for release in ("1.0", "1.1"))
    assert one != other and one.parent == other.parent == tmp_path / "__pycache__"
