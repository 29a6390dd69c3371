"""Embeddings: stable, of length one, near when texts share words."""

import math

from hypothesis import given
from hypothesis import strategies as st

from gateway.vendors.sim.vectors import embed

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def nearness(left: str, right: str) -> float:
    return sum(a * b for a, b in zip(embed(left, 512, 0), embed(right, 512, 0), strict=True))


@given(TEXTS, st.integers(1, 64), st.integers(0, 2**70))
def test_the_same_text_has_the_same_vector_of_length_one(text: str, dimensions: int, seed: int) -> None:
    vector = embed(text, dimensions, seed)
    assert len(vector) == dimensions
    assert vector == embed(text, dimensions, seed)
    assert math.isclose(math.hypot(*vector), 1, abs_tol=1e-5)


def test_another_text_or_seed_has_another_vector() -> None:
    assert embed("a b", 64, 0) != embed("b a", 64, 0)
    assert embed("a b", 64, 0) != embed("a b", 64, 1)


def test_texts_that_share_words_are_nearer_than_others() -> None:
    question = "What is the capital of France?"
    assert nearness(question, "what is the capital of France") > 0.9
    assert nearness(question, "Bake the bread slowly") < 0.3
