"""Words for numbers for calling."""

from guardrails.personal.calling import HEADS, PHONE_WORDS


def test_what_names_a_number_beside_it_also_heads_a_column_of_them_and_each_is_told_once() -> None:
    assert set(PHONE_WORDS) < set(HEADS)
    assert len(set(HEADS)) == len(HEADS)
    assert all(word == word.lower().strip() for word in HEADS)
