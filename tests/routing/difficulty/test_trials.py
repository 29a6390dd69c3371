"""Trials judge by calls that nothing was learnt from, and looking at the answer helps."""

import random

from routing.difficulty.checks import checked
from routing.difficulty.features import features
from routing.difficulty.labelled import Labelled
from routing.difficulty.training import Example, train
from routing.difficulty.trials import Trial, judged_by, tried
from tests.routing.difficulty.values import question, traffic

ROWS = [Labelled(each) for each in traffic(500)]


def test_a_router_that_learns_is_better_than_a_coin_and_says_how_sure_it_is() -> None:
    ticks: list[int] = []
    verdict = tried(ROWS, Trial(labels=250, seeds=4), lambda: ticks.append(1))
    assert len(ticks) == 4
    assert verdict.apgr.mean > 0.7
    assert verdict.apgr.low <= verdict.apgr.mean <= verdict.apgr.high
    assert verdict.cpt50.mean < 30


def test_a_finished_model_is_judged_on_every_line() -> None:
    model = train(traffic(300, seed=7), {})
    verdict = judged_by(ROWS, model, times=20)
    assert verdict.apgr.mean > 0.7
    assert verdict.apgr.deviation > 0


def test_who_looks_at_the_answer_knows_more() -> None:
    dice = random.Random(3)
    rows = []
    for _ in range(300):  # nothing in the question tells; in the answer the sum does
        text = question(False, dice)
        weak = dice.random() < 0.6
        answer = f"{dice.choice(('So', 'Then'))} 4 + 4 = {8 if weak else 9}."
        rows.append(
            Labelled(
                Example(features(text), True if dice.random() < 0.95 else False, weak), checked(text, answer)
            )
        )
    blind, seeing = (tried(rows, Trial(150, 3, cascade=c), lambda: None).apgr.mean for c in (False, True))
    assert seeing > blind + 0.15
