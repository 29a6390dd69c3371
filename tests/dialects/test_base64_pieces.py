"""What comes in pieces is whole again, however it was cut and encoded."""

from base64 import b64decode, b64encode
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from dialects.base64_pieces import more


@given(st.lists(st.binary(max_size=9), max_size=9))
def test_pieces_that_were_encoded_one_by_one_are_one(pieces: list[bytes]) -> None:
    whole = reduce(more, [b64encode(each).decode() for each in pieces], "")
    assert b64decode(whole, validate=True) == b"".join(pieces)


@given(st.binary(max_size=40), st.lists(st.integers(0, 60), max_size=4))
def test_a_text_that_was_cut_anywhere_is_one_again(data: bytes, cuts: list[int]) -> None:
    text = b64encode(data).decode().rstrip("=")  # padding is not cut from what it pads
    places = [0, *sorted(cuts), len(text)]
    assert reduce(more, [text[a:b] for a, b in zip(places, places[1:], strict=False)], "") == text


def test_what_is_no_base64_stays_as_it_came() -> None:
    assert more("A=", "?") == "A=?"
