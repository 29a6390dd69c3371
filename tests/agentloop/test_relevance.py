"""Texts are found by words: rare ones weigh more, and the order is always the same."""

from hypothesis import given
from hypothesis import strategies as st

from agentloop.relevance import ranked, words

HELD = ["Ada likes tea", "Ada lives in Lyon", "Bob likes coffee", "Ada likes green tea from Uji"]


def test_rare_words_weigh_more_and_equal_ones_stay_in_order():
    assert ranked("Where does Ada live? Lyon?", HELD, 5) == [1, 0, 3]
    assert ranked("LIKES", HELD, 2) == [0, 2]
    assert ranked("nothing of it", HELD, 5) == []
    assert ranked("?!", HELD, 5) == []


def test_letters_are_alike_however_they_are_written():
    assert words("ÉTÉ") == words("e\u0301te\u0301") == {"été"}
    assert ranked("ｔｅａ", HELD, 1) == [0]


@given(st.text(), st.lists(st.text(), max_size=8), st.integers(0, 9))
def test_each_found_text_shares_a_word_and_again_is_the_same(query, texts, most):
    found = ranked(query, texts, most)
    assert len(found) == len(set(found)) <= most
    assert all(words(query) & words(texts[place]) for place in found)
    assert found == ranked(query, texts, most)
    wanted = [place for place, text in enumerate(texts) if words(query) & words(text)]
    assert len(found) == min(most, len(wanted))
