"""Targets as planning sees them."""

import pytest

from config.capabilities import UNKNOWN, Capabilities
from config.catalog import Target, Vendor
from config.kinds import VendorKind
from gateway.routing.candidates import candidate_of, every, wanted_by
from ledger.money import MILLION, rates
from ledger.prices import FREE, Price, Quote
from routing.facts import Tariff
from routing.plan import Candidate, Tier

KIND = VendorKind("openai", "OpenAI")
VENDOR = Vendor("v", KIND, "http://v.test", None, region="eu")
TARGET = Target("v", "m", 3)
KNOWN = Quote(Price(rates(100, 400, cached_read=10)), priced=True)


def test_a_candidate_has_what_is_known_of_its_target() -> None:
    found = candidate_of(TARGET, VENDOR, Capabilities(context=9, tools=False, vision=True), KNOWN)
    assert found == Candidate("v/m", 3, "v", "eu", frozenset(["tools"]), 9, Tariff(100, 10, 400))


def test_where_what_is_lacking_is_dropped_it_keeps_no_call_away() -> None:
    dropping = Vendor("v", KIND, "http://v.test", None, unsupported="drop")
    assert candidate_of(TARGET, dropping, Capabilities(tools=False), KNOWN).lacks == frozenset()


@pytest.mark.parametrize(
    ("quote", "tariff", "refused"),
    [
        pytest.param(None, None, True, id="denied for want of a price"),
        pytest.param(Quote(FREE, priced=False), None, False, id="let through without one"),
        pytest.param(Quote(FREE, priced=True), Tariff(0, 0, 0), False, id="free"),
        pytest.param(
            Quote(Price(rates(1, 2, call=7 * MILLION)), True), Tariff(1, 1, 2, 7), False, id="per call"
        ),
    ],
)
def test_what_is_known_of_its_price(quote: Quote | None, tariff: Tariff | None, refused: bool) -> None:
    found = candidate_of(TARGET, VENDOR, UNKNOWN, quote)
    assert (found.tariff, "unpriced: deny" in found.refused) == (tariff, refused)


@pytest.mark.parametrize(
    ("tier", "wants"),
    [
        pytest.param(Tier("g", "weighted", (Candidate("a"), Candidate("b"))), set(), id="weights alone"),
        pytest.param(
            Tier("g", "sticky", (Candidate("a"), Candidate("b"))), {"size", "affinity"}, id="sticky"
        ),
        pytest.param(Tier("g", "sticky", (Candidate("a"),)), set(), id="one target is not chosen"),
        pytest.param(Tier("g", "weighted", (Candidate("a", context=5),)), {"size"}, id="a window"),
        pytest.param(Tier("g", "weighted", (Candidate("a", lacks=frozenset("x")),)), {"needs"}, id="a lack"),
        pytest.param(Tier("g", "weighted", (Candidate("a"),), max_price=1), {"size"}, id="a price cap"),
    ],
)
def test_only_what_a_tier_needs_is_computed(tier: Tier, wants: set[str]) -> None:
    assert wanted_by([tier]) == wants


def test_branches_count_too() -> None:
    inner = Tier("i", "round-robin", (Candidate("a"), Candidate("b")))
    outer = Tier("o", "weighted", (), {}, {"cheap": (inner,)})
    assert list(every([outer])) == [outer, inner]
    assert wanted_by([outer]) == {"turn"}
