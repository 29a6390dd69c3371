"""The token rule, and that what was cut off can be counted again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vendors.sim import tokens

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("a", 1, id="one byte"),
        pytest.param("abcd", 1, id="four bytes"),
        pytest.param("abcde", 2, id="five bytes"),
        pytest.param("éé", 1, id="two characters of two bytes"),
        pytest.param("😀a", 2, id="five bytes in two characters"),
    ],
)
def test_four_bytes_make_a_token(text: str, count: int) -> None:
    assert tokens.count(text) == count


@given(TEXTS, st.integers(1, 5))
def test_pieces_add_up_to_the_text_and_every_beginning_counts_what_its_pieces_do(
    text: str, size: int
) -> None:
    cut = list(tokens.pieces(text, size))
    assert "".join(cut) == text
    assert all(cut)
    assert len(cut) == -(-tokens.count(text) // size)
    for number in range(len(cut)):
        assert tokens.count("".join(cut[:number])) == number * size


@given(TEXTS, st.integers(0, 60))
def test_a_shortened_text_is_a_beginning_of_exactly_that_size(text: str, limit: int) -> None:
    short = tokens.first(text, limit)
    assert text.startswith(short)
    assert tokens.count(short) == min(limit, tokens.count(text))
