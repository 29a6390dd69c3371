"""Who has seen answers with what they were worth can doubt one; who has not says so."""

import pytest

from routing.difficulty.answers import doubt, train_answers
from routing.difficulty.checks import checked
from routing.difficulty.features import features
from routing.difficulty.labelled import Labelled
from routing.difficulty.model import dump, load
from routing.difficulty.training import Example

ROWS = [
    Labelled(
        Example(features("How many?"), n % 7 > 0, n % 2 == 0), checked("How many?", f"4 + 4 = {8 + n % 2}.")
    )
    for n in range(100)
]


def test_an_answer_whose_sums_are_wrong_is_doubted_more() -> None:
    model = load(dump(train_answers(ROWS, {"name": "own"})))
    asked = features("How many?")
    good, bad = (doubt(model, asked, checked("How many?", f"4 + 4 = {n}.")) for n in (8, 9))
    assert bad > good + 0.3
    assert model.about["cascade"] is True
    assert (model.about["labels"], len(model.quantiles)) == (100, 101)


def test_answers_that_are_all_alike_teach_nothing() -> None:
    with pytest.raises(ValueError, match="weak side are all alike"):
        train_answers([row for row in ROWS if row.example.weak], {})
