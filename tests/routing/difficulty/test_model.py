"""A model survives being written down, and what is none is refused."""

from dataclasses import replace
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.difficulty.features import features
from routing.difficulty.model import BadModel, Model, dump, load, logistic
from routing.difficulty.training import train
from tests.routing.difficulty.values import traffic


@lru_cache(maxsize=1)
def trained() -> Model:
    return train(traffic(400), {"name": "made up"})


def test_a_model_scores_the_same_after_it_was_written_and_read() -> None:
    again = load(dump(trained()))
    for example in traffic(50, seed=1):
        assert again.score(example.seen) == pytest.approx(trained().score(example.seen), abs=0.02)
    assert again.about["name"] == "made up"
    assert again.about["labels"] == 400
    assert again.quantiles == trained().quantiles


def test_one_look_for_both_sides_scores_as_two_do() -> None:
    again = load(dump(trained()))
    assert again.packed is not None
    longest = features("".join(f"{chr(97 + n % 26)} {n} " for n in range(1000)))
    for seen in (longest, *(example.seen for example in traffic(50, seed=2))):
        assert again.score(seen) == pytest.approx(replace(again, packed=None).score(seen), abs=1e-6)


def test_few_slots_make_it_small_and_keep_what_matters() -> None:
    small = dump(trained(), most=10)
    assert len(small) < len(dump(trained()))
    hard, easy = features("eigenvalue"), features("capital")
    assert load(small).score(hard) > load(small).score(easy)


@given(st.text(max_size=200))
def test_a_score_lies_between_minus_one_and_one(text: str) -> None:
    assert -1 <= trained().score(features(text)) <= 1


@given(st.floats(-1e6, 1e6))
def test_chances_never_overflow(value: float) -> None:
    assert 0 < logistic(value) < 1


@given(st.binary(max_size=200))
def test_bytes_that_are_no_model_are_refused(data: bytes) -> None:
    with pytest.raises(BadModel, match="no router model"):
        load(data)


@pytest.mark.parametrize("cut", [3, 20, -1, -40])
def test_a_model_that_was_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(BadModel):
        load(dump(trained())[:cut])
