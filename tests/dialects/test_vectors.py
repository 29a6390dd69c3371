"""Vectors are numbers, whatever a vendor or caller packs them into."""

from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.embedding import EmbeddingRequest
from dialects.errors import Malformed, Unsupported
from dialects.vectors import pack, read_floats, texts_of, unpack


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=6))
def test_a_vector_is_the_same_after_the_way_through_base64(floats: list[float]) -> None:
    assert unpack(pack(tuple(floats))) == tuple(floats)


def test_packed_floats_are_little_endian() -> None:
    assert pack((1.0,)) == "AACAPw=="


@pytest.mark.parametrize("odd", ["x", "AAA=", "AAAA", 7, None], ids=str)
def test_what_is_no_packed_vector_is_malformed(odd: Any) -> None:
    with pytest.raises(Malformed, match="base64"):
        unpack(odd)


@pytest.mark.parametrize("odd", ["x", [True], ["1"], [None], {}, None], ids=str)
def test_what_is_no_vector_is_malformed(odd: Any) -> None:
    with pytest.raises(Malformed, match="not a list of numbers"):
        read_floats(odd)


def test_whole_numbers_are_numbers_too() -> None:
    assert read_floats([1, 0.5]) == tuple(array("d", [1.0, 0.5]))


def test_token_ids_are_no_texts() -> None:
    asked = EmbeddingRequest(dialect="d", model="m", inputs=("a", (1, 2)))
    with pytest.raises(Unsupported, match="cohere_embed, which cannot say: input"):
        texts_of(asked, "cohere_embed")
