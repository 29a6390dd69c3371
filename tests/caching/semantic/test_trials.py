"""Figures of trials are what counting by hand comes to."""

import numpy as np

from caching.semantic.trials import Found, Rates, at_precision, judge, look_up


def test_each_text_finds_its_own_another_or_none() -> None:
    originals = ["red wine stains", "blue paint stains", "oil on silk"]
    others = ["stains of red wine", "paint stains that are blue", "something else"]
    near = np.eye(3, 4, dtype=np.float32)
    asked = np.array([[1, 0, 0, 0], [0.8, 0.6, 0, 0], [0, 0, 0, 1]], dtype=np.float32)
    assert look_up(originals, others, (near, asked), 0.75, "off") == Found(1, 1, 1)
    assert look_up(originals, others, (near, asked), 0.75, "strict") == Found(0, 0, 3)


def test_the_most_that_can_be_taken_at_a_precision() -> None:
    scores, same = [0.9, 0.8, 0.7, 0.6, 0.5], [True, False, True, True, False]
    assert at_precision(scores, same, 0.75) == Rates(0.75, 1.0, 4)
    assert at_precision(scores, same, 0.9) == Rates(1.0, round(1 / 3, 4), 1)
    assert at_precision(scores, [False] * 5, 0.9) == Rates(0.0, 0.0, 0)


def test_pairs_are_judged_by_what_was_learnt_from_others() -> None:
    pairs = [
        ("how do I bake bread", "how can I bake bread"),
        ("how do I bake bread", "who sells a car"),
    ] * 200
    one = np.tile(np.array([[1, 0], [1, 0]], dtype=np.float32), (200, 1))
    other = np.tile(np.array([[0.97, 0.2431], [0.2, 0.9798]], dtype=np.float32), (200, 1))
    found = judge(pairs, [True, False] * 200, (one, other), 300)
    assert (found.pairs, found.learnt_from) == (100, 300)
    assert found.cold == Rates(1.0, 1.0, 50)
    assert found.cosine == found.verifier
    assert found.cosine.recall == 1.0


def test_pairs_are_judged_among_the_texts_of_all() -> None:
    chance = np.random.default_rng(1)
    vectors = [chance.standard_normal((500, 64)) for _ in range(2)]
    lonely = np.arange(500) % 2 == 0
    asked = vectors[0]
    asked[~lonely] = asked[1] + 0.1 * asked[~lonely]  # half of the texts lie in one crowd
    other = asked + 0.7 * vectors[1] * np.linalg.norm(asked, axis=1, keepdims=True) / 8
    one, two = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (asked, other))
    pairs = [(f"text {number}", f"thing {number}") for number in range(500)]
    found = judge(pairs, lonely.tolist(), (one, two), 300)
    assert found.verifier is not None
    assert found.verifier.recall > 0.9 > found.cosine.recall
