"""Recorded calls planned again: what would change is added up, and nothing else."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.discover import discover
from config.kinds import VendorKind
from config.load import load_file
from dialects.usage import Usage
from gateway.deployment import Deployment
from gateway.routing.offline import deployment_of
from gateway.routing.replaying import Replayed, as_document, measured, replay, requests
from ledger.row import UsageRow
from tests.ledger.facts import ROW

KINDS = discover("gateway.vendors", "VENDOR", VendorKind)


def row(request: int, number: int = 1, vendor: str = "sim", model: str = "large", **changed: Any) -> UsageRow:
    usual = {
        "attempt_id": f"req_{request:04}.{number}",
        "vendor": vendor,
        "model_served": model,
        "model_asked": "fast",
        "team": "default",
        "status": "ok",
        "usage": Usage(input=1_000_000, output=1_000_000),
        "cost": 12_500_000_000,
        "queue_ms": 0.0,
        "first_ms": 100.0,
        "total_ms": 1100.0,
        "trail": "",
    }
    return msgspec.structs.replace(ROW, **{**usual, **changed})


def under(tmp_path: Path, models: str) -> Deployment:
    file = tmp_path / "signalbox.yaml"
    file.write_text(f"vendors: {{ sim: {{}}, far: {{ kind: sim, region: eu }} }}\nmodels: {models}")
    return deployment_of(load_file(file, KINDS, {}).catalog, datetime(2026, 1, 1, tzinfo=UTC))


def sides(found: Replayed) -> tuple[int, int, int]:
    return found.moved, round(found.before.cost / 1e9), round(found.after.cost / 1e9)


def test_the_same_configuration_changes_nothing(tmp_path: Path) -> None:
    found = replay([row(n) for n in range(5)], under(tmp_path, "{ fast: { targets: [sim/large] } }"))
    assert (found.calls, found.moved, found.after.refused) == (5, 0, 0)
    assert found.before == found.after


def test_a_cheaper_target_moves_the_calls_and_their_cost(tmp_path: Path) -> None:
    cheapest = "{ fast: { targets: [sim/large, sim/small], strategy: { kind: cheapest, explore: 0 } } }"
    found = replay([row(n) for n in range(4)], under(tmp_path, cheapest))
    assert sides(found) == (4, 50, 3)
    assert [(name, before.calls, after.calls) for name, before, after in found.targets()] == [
        ("sim/large", 4, 0),
        ("sim/small", 0, 4),
    ]


@pytest.mark.parametrize(
    ("models", "code"),
    [
        ("{ other: { targets: [sim/large] } }", "model_not_found"),
        ("{ fast: { targets: [sim/large, sim/small], max_price: 0.0001 } }", "no_target_fits"),
        (
            "{ fast: { targets: [sim/large] } }\nteams: { default: { regions: [eu] } }",
            "no_target_fits",
        ),
        (
            "{ fast: { targets: [sim/large] }, slow: { targets: [sim/large] } }\n"
            "teams: { default: { models: [slow] } }",
            "model_not_allowed",
        ),
    ],
)
def test_what_would_be_refused_is_counted_with_its_reason(tmp_path: Path, models: str, code: str) -> None:
    found = replay([row(1), row(2)], under(tmp_path, models))
    assert (found.after.refused, found.after.calls) == (2, 0)
    ((said, message),) = found.refusals
    assert said == code
    assert message


def test_attempts_of_a_request_are_one_call_and_a_refusal_may_be_answered_now(tmp_path: Path) -> None:
    rows = [
        row(1, 2),
        row(1, 1, status="error", cost=0),
        row(2, 0, vendor="", model="", status="refused", cost=0),
    ]
    assert [[each.attempt_id for each in one] for one in requests(rows)] == [
        ["req_0001.1", "req_0001.2"],
        ["req_0002.0"],
    ]
    found = replay(rows, under(tmp_path, "{ fast: { targets: [sim/large] } }"))
    assert (found.calls, found.before.refused, found.after.refused, found.after.calls) == (2, 1, 0, 2)


def test_how_targets_did_is_measured_from_the_same_rows() -> None:
    rows = [
        row(1, usage=Usage(input=100, output=10, cached_read=50), stream=True),
        row(2, usage=Usage(input=100, output=30), stream=True),
        row(3, status="timeout"),
        row(4, status="cancelled"),
    ]
    standing = measured(rows)["sim/large"]
    assert standing.success == pytest.approx(2 / 3)
    assert (standing.cached_share, standing.output_tokens, standing.first_token_ms) == (0.25, 20, 100)
    assert standing.per_token_ms == 50


def test_the_judgement_of_then_is_used_again(tmp_path: Path) -> None:
    models = (
        "{ easy: { targets: [sim/small] }, hard: { targets: [sim/large] }, "
        "fast: { strategy: { kind: difficulty, cheap: easy, strong: hard, dial: 0.4, explore: 0 } } }"
    )
    trail = '[["plan","cheap","",{"score":0.1,"rank":%s}]]'
    rows = [row(n, trail=trail % (n / 10)) for n in range(10)]
    found = replay(rows, under(tmp_path, models))
    assert {name: after.calls for name, _, after in found.targets()} == {"sim/large": 4, "sim/small": 6}


def test_the_difference_is_plain_data(tmp_path: Path) -> None:
    document = as_document(replay([row(1)], under(tmp_path, "{ fast: { targets: [sim/large] } }")))
    assert document["targets"]["sim/large"]["after"]["calls"] == 1
    assert document["before"]["mean_ms"] == 1100.0
