"""What looks alike and is not is never taken for the same, not even where the embedding cannot tell it."""

from collections import Counter

import pytest

from caching.semantic.acceptance import Acceptance, Aims
from caching.semantic.comparing import best
from caching.semantic.rarity import Rarity
from caching.semantic.shelves import Entry
from caching.semantic.traits import traits
from tests.caching.semantic.near_misses import KINDS, near_misses, rewordings
from tests.caching.semantic.near_misses_by_hand import BY_HAND
from tests.caching.semantic.near_misses_of_few_words import OF_FEW_WORDS
from tests.caching.semantic.near_misses_of_forms import OF_FORMS
from tests.caching.semantic.near_misses_of_manners import OF_MANNERS
from tests.caching.semantic.near_misses_of_many_kinds import OF_MANY_KINDS
from tests.caching.semantic.near_misses_of_meaning import OF_MEANING
from tests.caching.semantic.near_misses_of_phrasing import OF_PHRASING
from tests.caching.semantic.near_misses_of_trades import OF_TRADES
from tests.caching.semantic.near_misses_of_wording import OF_WORDING
from tests.caching.semantic.rewordings_by_hand import REWORDINGS
from tests.caching.semantic.rewordings_of_manners import OF_MANNERS as MANNERED

NEAR_MISSES = list(near_misses(100))


def hit(one: str, other: str) -> bool:
    """Whether the answer to one is given to the other at default settings, if their vectors were the same."""
    entry = Entry(b"", one, traits(one))
    found = best(traits(other), [(entry, 1.0)], "strict", Rarity())
    assert found is not None
    if found.alike:  # before anything is learnt, none is looked for whose words of content are others
        assert traits(one).content == traits(other).content
    return Acceptance(Aims()).accepts(found.figures, found.alike)


def test_there_are_more_than_five_hundred_of_six_kinds() -> None:
    assert Counter(kind for kind, _ in NEAR_MISSES) == dict.fromkeys(KINDS, 100)
    assert len({pair for _, pair in NEAR_MISSES}) == 600


@pytest.mark.parametrize("turned", [False, True], ids=["one first", "other first"])
def test_at_most_one_in_two_hundred_is_a_hit(turned: bool) -> None:
    wrong = [pair for _, pair in NEAR_MISSES if hit(*(pair[::-1] if turned else pair))]
    assert len(wrong) <= len(NEAR_MISSES) / 200, wrong


@pytest.mark.parametrize("turned", [False, True], ids=["one first", "other first"])
def test_of_those_written_by_hand_at_most_one_in_two_hundred_is_a_hit(turned: bool) -> None:
    kinds = (*BY_HAND.values(), *OF_WORDING.values(), OF_FORMS, OF_MEANING, OF_PHRASING, OF_TRADES)
    kinds = (*kinds, OF_FEW_WORDS, OF_MANY_KINDS, OF_MANNERS)
    pairs = [pair for kind in kinds for pair in kind]
    assert len(pairs) > 2100
    wrong = [pair for pair in pairs if hit(*(pair[::-1] if turned else pair))]
    assert len(wrong) <= len(pairs) / 200, wrong


def test_what_only_looks_different_is_still_found() -> None:
    pairs = rewordings(200)
    assert sum(hit(*pair) for pair in pairs) > 0.9 * len(pairs)


def test_of_what_people_word_otherwise_more_than_half_is_found() -> None:
    assert sum(hit(*pair) for pair in REWORDINGS) > 0.5 * len(REWORDINGS)
    assert sum(hit(*pair) for pair in MANNERED) > 0.6 * len(MANNERED)
