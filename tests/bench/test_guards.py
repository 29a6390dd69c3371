"""What guards cost is measured with texts in which they find what they should, and over real sockets."""

import pytest

from bench.guards import DETECTORS, main, per_kilobyte, started, text, turn
from config.catalog import GuardFacts
from config.discover import load
from guardrails.guard import GuardKind, Segment


@pytest.mark.parametrize(("found", "kinds"), [(False, set()), (True, {"EMAIL", "PHONE", "CARD"})])
def test_the_texts_hold_what_they_say(found: bool, kinds: set[str]) -> None:
    guard = load("guardrails.guards", "pii", "GUARD", GuardKind).build(GuardFacts("pii", "pii"))
    said = text(2, found=found)
    assert len(said) == 2048
    assert {each.kind for each in guard.inspect(Segment("input", said.encode()))} == kinds


def test_a_detector_takes_time() -> None:
    assert 0 < per_kilobyte("links", text(1, found=False), 0.02) < 10_000


def test_detectors_are_told_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--detectors"])
    said = capsys.readouterr().out
    assert all(kind in said for kind in (*DETECTORS, "together"))


def test_a_gateway_with_masking_answers_calls() -> None:
    with started(["masking"]) as gateways:
        done = turn(gateways["masking"], text(1, found=True), 0.3)
    assert done.calls > 0 and done.micros > 0
