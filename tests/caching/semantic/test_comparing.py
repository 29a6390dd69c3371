"""Of what is near the text is taken in which nothing differs; answers agree where they say the same."""

import pytest

from caching.semantic.comparing import best, differs, same_answer
from caching.semantic.features import NAMES
from caching.semantic.rarity import Rarity
from caching.semantic.shelves import Entry
from caching.semantic.traits import traits
from tests.caching.semantic.near_misses import rewordings


def entry(text: str) -> Entry:
    return Entry(text.encode(), text, traits(text))


def test_the_nearest_one_in_which_nothing_differs_is_taken() -> None:
    asked = traits("How do I sell 3 shares?")
    near = [(entry("How do I buy 3 shares?"), 0.99), (entry("How can I sell 3 shares"), 0.96)]
    found = best(asked, near, "strict", Rarity())
    assert found is not None
    assert (found.entry.text, found.cosine, found.alike) == ("How can I sell 3 shares", 0.96, True)


def test_else_the_nearest_one_with_what_differs_in_it() -> None:
    near = [(entry("How do I buy 3 shares?"), 0.99), (entry("How do I sell 4 shares?"), 0.8)]
    found = best(traits("How do I sell 3 shares?"), near, "strict", Rarity())
    assert found is not None
    assert (found.alike, found.reason) == (False, "opposites")
    assert best(traits("anything"), [], "strict", Rarity()) is None


def test_what_is_too_far_is_no_candidate_but_one_of_the_crowd() -> None:
    asked, near = traits("How do I sell 3 shares?"), [(entry("How do I buy shares?"), 0.9)]
    far = (entry("How do I sell 4 shares?"), 0.8)
    found, alone = (best(asked, each, "strict", Rarity(), 0.85) for each in ([*near, far], near))
    assert found is not None and alone is not None
    assert found.entry is alone.entry
    place = NAMES.index("nearest other")
    assert (found.figures[place], alone.figures[place]) == (0.8, 0.5)
    assert best(asked, [far], "strict", Rarity(), 0.85) is None


def test_what_is_verified_is_the_operators_choice() -> None:
    asked, near = traits("How do magnets work?"), [(entry("How do electric magnets work?"), 0.97)]
    assert [best(asked, near, verify, Rarity()).alike for verify in ("strict", "facts", "off")] == [
        False,
        True,
        True,
    ]  # type: ignore[union-attr]


ANSWERS = [
    ("Paris.", " paris. ", None, True),
    ("Paris.", "London.", None, False),
    ("It is 42.", "It is 43.", 0.99, False),
    ("Use the settings page.", "Open the settings page.", 0.95, True),
    ("Use the settings page.", "Bake it for an hour.", 0.2, False),
]


@pytest.mark.parametrize(("one", "other", "cosine", "same"), ANSWERS)
def test_two_answers(one: str, other: str, cosine: float | None, same: bool) -> None:
    assert same_answer(one, other, traits(one), traits(other), cosine) is same


def test_texts_that_the_strict_rules_take_for_alike_have_the_same_words_of_content() -> None:
    pairs = [(traits(one), traits(other)) for one, other in rewordings(200)]
    alike = [pair for pair in pairs if not differs(*pair, "strict")]
    assert len(alike) > 150 and all(one.content == other.content for one, other in alike)
