"""How far a soft budget can be overspent is said, or what would be needed to say it."""

import pytest

from config.catalog import TeamFacts
from config.compile import compile_document
from config.kinds import VendorKind
from config.limit import Limit
from config.references import References
from gateway.deployment import Deployment, UpstreamPool
from gateway.metering.overshooting import overshoots
from ledger.prices import compile_prices
from tests.gateway.road import AT

KINDS = {"acme": VendorKind("acme", "Acme", "http://acme.test/v1", key_required=False)}
HEAD = """
vendors: { acme: {} }
prices: { acme/m: { input: 1, output: 2 } }
"""
KNOWN = "capabilities: { acme/m: { context: 1000, output: 100 } }\n"
ONE = "models: { fast: { targets: [acme/m] } }\n"
ANY = "models: { fast: { targets: [acme/m] }, 'acme/*': { passthrough: acme } }\n"
SOFT = "budget: { amount: 5, mode: soft }"

TABLE = {
    "bounded": (
        ONE + KNOWN,
        f"limits: {{ concurrent: 40 }}, {SOFT}",
        40 * (1000 * 1000 + 100 * 2000),
        "40 open",
    ),
    "no bound of open calls": (ONE + KNOWN, SOFT, None, "`concurrent`"),
    "any model": (ANY + KNOWN, f"limits: {{ concurrent: 40 }}, {SOFT}", None, "'acme/*'"),
    "named models": (
        ANY + KNOWN,
        f"models: [fast], limits: {{ concurrent: 4 }}, {SOFT}",
        4 * 1_200_000,
        "4 open",
    ),
    "nobody knows": (ONE, f"limits: {{ concurrent: 40 }}, {SOFT}", None, "capabilities"),
}


@pytest.mark.parametrize(("models", "team", "most", "why"), TABLE.values(), ids=TABLE.keys())
def test_a_bound(models: str, team: str, most: int | None, why: str) -> None:
    text = HEAD + models + f"teams: {{ support: {{ {team} }} }}"
    catalog = compile_document(text.encode(), "f.yaml", KINDS, References({}, "/", lambda path: b"")).catalog
    book = compile_prices(catalog.prices, {}, AT)
    [found] = overshoots(Deployment(catalog, book, UpstreamPool()))
    assert (found.owner, found.most) == ("team support", most)
    assert why in found.sentence


def test_a_hard_budget_needs_no_bound() -> None:
    assert TeamFacts("t", "o", limits=(Limit("spend", 1, "month", hard=True),)).limits[0].hard
