"""Plans without a server: what a gateway with this file would decide."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.discover import discover
from config.kinds import Operation, VendorKind
from config.load import load_file
from dialects.errors import Malformed
from gateway.errors import ModelNotFound, NotAllowed, NoTargetFits
from gateway.routing.offline import Asking, Offline, chat_body, deployment_of
from routing.difficulty.model import dump
from routing.difficulty.training import train
from tests.routing.difficulty.values import traffic

FILE = """
vendors: { sim: {}, far: { kind: sim, region: eu-west-1 } }
models:
  fast: { targets: [sim/large, far/small], strategy: cheapest }
  smart: { targets: [sim/large] }
  auto: { strategy: { kind: difficulty, cheap: fast, strong: smart, dial: 0.5, explore: 0, model: MODEL } }
teams: { eu: { regions: [eu], models: [fast] } }
"""
KINDS = discover("gateway.vendors", "VENDOR", VendorKind)


@pytest.fixture
def offline(tmp_path: Path) -> Offline:
    file = tmp_path / "signalbox.yaml"
    (tmp_path / "own.bin").write_bytes(dump(train(traffic(200), {})))
    file.write_text(FILE.replace("MODEL", str(tmp_path / "own.bin")))
    catalog = load_file(file, KINDS, {}).catalog
    return Offline(deployment_of(catalog, datetime(2026, 1, 1, tzinfo=UTC)), lambda: 0.5)


def test_the_plan_is_that_of_a_server(offline: Offline) -> None:
    answer = offline.ask(Asking(chat_body("fast", "Hello?")))
    assert [choice.target for choice in answer.plan] == ["far/small", "sim/large"]
    assert answer.refused is None


def test_a_team_is_held_to_its_regions_and_models(offline: Offline) -> None:
    answer = offline.ask(Asking(chat_body("fast", "Hello?"), team="eu"))
    assert [choice.target for choice in answer.plan] == ["far/small"]
    assert answer.steps[-1][:3] == (
        "left out",
        "sim/large",
        "its vendor has no region, allowed is eu",
    )
    assert isinstance(offline.ask(Asking(chat_body("smart", "?"), team="eu")).refused, NotAllowed)


def test_hard_and_easy_part_ways_and_the_score_is_in_the_steps(offline: Offline) -> None:
    easy = offline.ask(Asking(chat_body("auto", "What is the capital of my colour?")))
    hard = offline.ask(Asking(chat_body("auto", "What is the integral of my theorem?")))
    assert [easy.plan[0].target, hard.plan[0].target] == ["far/small", "sim/large"]
    stage, verdict, _, numbers = hard.steps[0]
    assert (stage, verdict, numbers["dial"]) == ("plan", "strong", 0.5)
    assert len(hard.plan) == len(easy.plan) == 2


def test_what_fits_nowhere_is_refused_as_a_server_would(offline: Offline) -> None:
    headers = [(b"x-signalbox-vendors", b"nobody")]
    refused = offline.ask(Asking(chat_body("fast", "?"), headers=headers)).refused
    assert isinstance(refused, NoTargetFits)
    assert isinstance(offline.ask(Asking(chat_body("nothing", "?"))).refused, ModelNotFound)
    with pytest.raises(Malformed):
        offline.ask(Asking(b"{"))


def test_other_formats_are_read_too(offline: Offline) -> None:
    body = b'{"model": "fast", "max_tokens": 5, "messages": [{"role": "user", "content": "?"}]}'
    assert offline.ask(Asking(body, Operation.MESSAGES)).plan
    assert b'"max_completion_tokens": 7' in chat_body("m", "x", 7)
