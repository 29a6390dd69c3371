"""What is said of a hard budget that several processes share."""

from config.compile import compile_document
from config.kinds import VendorKind
from config.references import References
from gateway.metering.advances import Advance, advances

KINDS = {"acme": VendorKind("acme", "Acme", "http://acme.test/v1", key_required=False)}
FILE = """
vendors: { acme: {} }
models: { fast: { targets: [acme/m] } }
teams:
  a:
    budget: { amount: 1, per: month, mode: hard }
    limits: { tokens: 9/day }
  b: { budget: { amount: 1, per: day, mode: soft } }
"""


def found(more: str) -> list[Advance]:
    text = (FILE + more).encode()
    return list(
        advances(compile_document(text, "f.yaml", KINDS, References({}, "/", lambda path: b"")).catalog)
    )


def test_a_hard_budget_over_redis_has_a_bound_and_others_need_none() -> None:
    assert found("") == []
    assert found("stores: { redis: redis://localhost/0 }\n") == [Advance("team a", 50_000_000)]
    assert "up to $0.05 in advance" in Advance("team a", 50_000_000).sentence
