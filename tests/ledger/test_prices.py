"""The operator's prices come first, each is looked up once."""

from datetime import UTC, datetime

import pytest

from config.catalog import PriceOverride
from dialects.usage import Usage
from ledger.money import NANO, rates
from ledger.prices import FREE, REMEMBERED_MODELS, Price, PriceBook, compile_prices

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def book(*overrides: PriceOverride, extra: dict[str, Price] | None = None, at: datetime = NOON) -> PriceBook:
    return compile_prices(overrides, extra or {}, at)


@pytest.mark.parametrize(
    ("vendor", "model", "dollars"),
    [
        pytest.param("acme", "big", 7, id="exact target first"),
        pytest.param("acme", "big-2", 5, id="then the longest pattern"),
        pytest.param("acme", "other", 3, id="then the shorter one"),
        pytest.param("acme", "built-in", 3, id="any line before what is built in"),
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
        extra={"simulator/*": Price(rates(2 * NANO, 0)), "acme/big": FREE, "acme/built-in": FREE},
    )
    found = prices.find(None, vendor, model)
    assert (found and found.cost(Usage(input=1_000_000))) == (dollars and dollars * NANO)


def test_an_override_wins_over_the_public_list() -> None:
    prices = book(PriceOverride("mine/gpt-4o", NANO, NANO))
    found = prices.find("openai", "mine", "gpt-4o")
    assert found is not None
    assert found.cost(Usage(input=1_000_000, cached_read=1_000_000)) == NANO


def test_the_version_tells_lists_apart_and_is_the_same_for_the_same_list() -> None:
    line = PriceOverride("acme/*", 1, 1)
    assert book(line).version == book(line).version
    assert len({book().version, book(line).version, book(extra={"acme/*": FREE}).version}) == 3
    assert len(book().version) <= 64


def test_a_second_look_up_does_not_ask_the_list_again() -> None:
    prices = book()
    assert prices.find("openai", "openai", "gpt-4o") is prices.find("openai", "openai", "gpt-4o")


def test_names_that_callers_invent_do_not_grow_the_memory() -> None:
    prices = book()
    for number in range(REMEMBERED_MODELS + 10):
        prices.find(None, "acme", f"invented-{number}")
    assert prices.remembered == REMEMBERED_MODELS


def test_tiers_are_looked_up_once_and_only_in_the_public_list() -> None:
    prices = book(PriceOverride("mine/*", NANO, NANO))
    tiers = prices.tiers("openai", "openai", "gpt-5")
    assert {"flex", "priority"} <= set(tiers)
    assert prices.tiers("openai", "openai", "gpt-5") is tiers
    assert not prices.tiers("openai", "mine", "gpt-5")
    assert not prices.tiers(None, "acme", "gpt-5")
    assert not prices.tiers("openai", "openai", "nobody-knows-it")
