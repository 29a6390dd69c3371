"""Which setups of the kill matrix a word chooses."""

import pytest

from tests.journeys import test_kills
from tests.journeys.walk import TEST, main, setups


@pytest.mark.parametrize(
    ("words", "count"),
    [((), 28), (("keyed",), 4), (("sqlite-3",), 7), (("keyed-sqlite-3",), 1), (("read", "unsafe"), 8)],
)
def test_a_word_chooses_the_setups_that_have_it_in_their_name(words, count):
    assert len(setups(words)) == count


def test_the_test_that_walks_has_this_name():
    assert hasattr(test_kills, TEST)


def test_a_word_that_chooses_nothing_is_a_mistake():
    with pytest.raises(SystemExit, match="read-sqlite-1"):
        main(["keyd"])
