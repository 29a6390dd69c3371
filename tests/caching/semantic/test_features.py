"""Figures are as many as their names, within bounds, and the same in both directions where they should be."""

from hypothesis import given
from hypothesis import strategies as st

from caching.semantic.features import NAMES, SIZE, features, overlap
from caching.semantic.rarity import Rarity
from caching.semantic.traits import traits

TEXTS = st.text(max_size=60) | st.sampled_from(["How do I buy 2 kg?", "Is Anna older than Bert?", "no", ""])


@given(TEXTS, TEXTS)
def test_they_are_figures_from_0_to_1(one: str, other: str) -> None:
    found = features(traits(one), traits(other), 0.5, Rarity())
    assert len(found) == SIZE == len(NAMES)
    assert all(0 <= each <= 1 for each in found)


@given(TEXTS)
def test_a_text_is_wholly_like_itself(text: str) -> None:
    found = dict(zip(NAMES, features(traits(text), traits(text), 1.0, Rarity()), strict=True))
    alike = ("words", "content", "held", "holds", "letters", "length", "first word", "last word", "question")
    assert all(found[name] == 1 for name in (*alike, "rare content", "first content", "last token"))
    differs = ("only mine", "swapped", "numbers", "units", "negation", "opposites", "names", "order")
    assert not any(found[name] for name in (*differs, "rarest mine", "exchanged"))


def test_overlap_counts_words_of_content() -> None:
    assert overlap(traits("the red wine"), traits("a red ink")) == 1 / 3
    assert overlap(traits("the"), traits("a")) == 1.0


def test_what_one_side_says_alone_is_weighed_whatever_the_ending() -> None:
    def alone(one: str, other: str) -> tuple[float, float]:
        found = dict(zip(NAMES, features(traits(one), traits(other), 0.9, Rarity()), strict=True))
        return found["the less that one says alone, above 0.0"], found[
            "the more that one says alone, above 0.0"
        ]

    assert alone("increasing crops", "increased crop") == (0, 0)
    less, more = alone("red wine", "red ink and blue paper")
    assert 0 < less < more == alone("red ink and blue paper", "red wine")[1]


def test_a_candidate_among_others_that_are_as_near_is_told_from_one_alone() -> None:
    def crowd(*others: float) -> list[float]:
        found = features(traits("red wine"), traits("red ink"), 0.9, Rarity(), others)
        return [round(each, 3) for each in found[NAMES.index("nearest other") :]]

    assert crowd() == [0.5, 0.5, 0.5, 0.4, 0, 0]
    assert crowd(0.8, 0.3) == [0.8, 0.5, 0.5, 0.1, 0, 0]
    assert crowd(0.97, 0.95, 0.94, 0.7, 0.7, 0.7, 0.6, 0.6) == [0.97, 0.94, 0.6, 0, 0.07, round(3 / 7, 3)]
