"""What the labels say is learnt, the same way each time."""

import pytest

from routing.difficulty.evaluation import Outcome, quality
from routing.difficulty.features import features
from routing.difficulty.training import Example, Judged, Recipe, learn, train
from tests.routing.difficulty.values import traffic


def test_hard_words_are_learnt_from_four_hundred_labels() -> None:
    model = train(traffic(400), {})
    outcomes = [
        Outcome(model.score(each.seen), bool(each.strong), bool(each.weak)) for each in traffic(800, seed=1)
    ]
    found = quality(outcomes)
    assert found.apgr > 0.75
    assert found.cpt50 < 25


def test_equal_labels_make_an_equal_model_and_every_epoch_is_told() -> None:
    ticks: list[int] = []
    one = train(traffic(60), {}, tick=lambda: ticks.append(1))
    assert one == train(traffic(60), {})
    assert len(ticks) == 2 * Recipe().epochs


def test_a_side_that_was_not_asked_teaches_nothing() -> None:
    rows = traffic(200)
    halves = [
        each._replace(strong=None) if n % 2 else each._replace(weak=None) for n, each in enumerate(rows)
    ]
    model = train(halves, {})
    assert model.score(features("eigenvalue")) > model.score(features("capital"))


def test_what_was_seldom_tried_counts_for_those_that_were_not() -> None:
    seen = features("rare")
    judged = [Judged(seen, True, 1.0)] * 10 + [Judged(seen, False, 10.0)]
    even = [Judged(seen, True, 1.0)] * 10 + [Judged(seen, False, 1.0)]
    assert learn(judged, "weak").chance(seen) < learn(even, "weak").chance(seen)


def test_labels_that_are_all_alike_teach_nothing() -> None:
    with pytest.raises(ValueError, match="labels of the weak side are all alike"):
        train([Example(features("a"), True, False), Example(features("b"), False, False)], {})


def test_its_quantiles_are_those_of_what_it_learnt_from() -> None:
    rows = traffic(100)
    model = train(rows, {})
    scores = sorted(model.score(each.seen) for each in rows)
    assert len(model.quantiles) == 101
    assert model.quantiles[0] == pytest.approx(scores[0], abs=1e-4)
    assert model.quantiles == sorted(model.quantiles)
