"""A verifier learns which figures matter, and says nothing where it has seen too little."""

import random

from caching.semantic.features import SIZE
from caching.semantic.verifier import ENOUGH, train


def pairs(count: int, seed: int = 1) -> tuple[list[tuple[float, ...]], list[bool]]:
    """The third figure decides, but for one in twenty."""
    chance = random.Random(seed)
    figures = [tuple(chance.random() for _ in range(SIZE)) for _ in range(count)]
    return figures, [(each[2] > 0.5) is (chance.random() > 0.05) for each in figures]


def test_it_learns_what_decides() -> None:
    verifier = train(*pairs(600))
    assert verifier is not None
    figures, right = pairs(400, seed=2)
    hits = sum((verifier.sure(each) > 0.5) is wanted for each, wanted in zip(figures, right, strict=True))
    assert hits > 340
    assert max(range(SIZE), key=lambda place: abs(verifier.weights[place])) == 2


def test_too_few_labels_teach_nothing() -> None:
    assert train(*pairs(ENOUGH - 1)) is None


def test_labels_that_are_all_alike_teach_nothing() -> None:
    figures, _ = pairs(500)
    assert train(figures, [True] * 500) is None


def test_a_figure_that_never_changes_does_no_harm() -> None:
    figures, right = pairs(400)
    verifier = train([(*each[:-1], 1.0) for each in figures], right)
    assert verifier is not None
    assert 0 <= verifier.sure((0.5,) * SIZE) <= 1
