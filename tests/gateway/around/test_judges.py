"""Which model judges a route: its file's, else the one that ships, which says that it is a first guess."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.around.judges import cascades_of, model_of, prior, shadow_of, without_shadows
from routing.difficulty.features import features
from routing.difficulty.model import BadModel, dump
from routing.difficulty.training import train
from routing.plan import Candidate, Tier
from tests.routing.difficulty.values import traffic


def tiers(model: str | None) -> list[Tier]:
    return [Tier("before", "weighted", ()), Tier("auto", "difficulty", (), {"dial": 0.3, "model": model})]


def test_what_ships_is_small_and_labelled_as_a_first_guess() -> None:
    assert len(dump(prior())) < 300_000
    assert prior().about["prior"] is True
    assert prior().about["made_from"]
    assert len(prior().quantiles) == 101
    assert model_of(tiers(None)) is prior()


def test_it_finds_a_proof_harder_than_a_capital() -> None:
    hard = features("Let f be a homomorphism of finite groups. Find the order of the kernel in Z_24.")
    assert prior().score(hard) > prior().score(features("What is the capital of France?"))


def test_a_teams_own_model_comes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "own.bin"
    file.write_bytes(dump(train(traffic(100), {"name": "own"})))
    assert model_of(tiers(str(file))).about["name"] == "own"


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="absent"):
        model_of(tiers(str(tmp_path / "absent.bin")))
    (tmp_path / "bad.bin").write_bytes(b"nothing")
    with pytest.raises(BadModel):
        model_of(tiers(str(tmp_path / "bad.bin")))


def test_cascades_are_found_wherever_they_are_and_need_a_model_of_answers(tmp_path: Path) -> None:
    cheap = (Tier("fast", "weighted", (Candidate("v/a"), Candidate("v/b"))),)
    options = {"verify": ("state",), "model": None}
    tier = Tier("auto", "cascade", (), options, {"cheap": cheap, "strong": ()})
    found = cascades_of([*cheap, tier])
    assert list(found) == ["auto"] and found["auto"].model is None and found["auto"].judge == ()
    assert cascades_of(cheap) == {}
    (tmp_path / "own.bin").write_bytes(dump(train(traffic(100), {"name": "own"})))
    wrong = replace(tier, options={"verify": ("model",), "model": str(tmp_path / "own.bin")})
    with pytest.raises(ValueError, match="train it with --cascade"):
        cascades_of([Tier("outer", "difficulty", (), {}, {"strong": (wrong,)})])


def test_a_shadow_is_taken_out_of_every_tier() -> None:
    options = {"target": "v/b", "share": 0.5, "budget": 7, "learn": False}
    tier = Tier("a", "shadow", (Candidate("v/a"), Candidate("v/b")), options)
    found = shadow_of([tier])
    assert found is not None and [each.name for each in found.tier.candidates] == ["v/b"]
    around = Tier("d", "difficulty", (), {}, {"cheap": (tier,)})
    (left,) = without_shadows([around])[0].branches["cheap"]
    assert [each.name for each in left.candidates] == ["v/a"]
    assert shadow_of([around]) is None
