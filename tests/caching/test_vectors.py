"""Inputs are told apart, vectors come back digit for digit, and shares add up."""

from hypothesis import given
from hypothesis import strategies as st

from caching.vectors import fingerprints, first_places, narrowed, pack, shares, unpack, whole
from dialects.embedding import EmbeddingAnswer, EmbeddingRequest
from dialects.usage import Usage


def request(*inputs: str | tuple[int, ...]) -> EmbeddingRequest:
    return EmbeddingRequest(dialect="test", model="m", inputs=inputs)


def test_every_input_has_a_fingerprint_of_its_own() -> None:
    prints = fingerprints(b"base", request("a", "b", (1,), (1, 2), "1", "[1]", "a"))
    assert len(set(prints)) == 6
    assert prints[0] == prints[6]
    assert fingerprints(b"other", request("a"))[0] != prints[0]


@given(st.lists(st.floats(allow_nan=False)))
def test_a_vector_loses_no_digit(vector: list[float]) -> None:
    assert unpack(pack(tuple(vector))) == tuple(vector)


@given(st.integers(0, 10**12), st.lists(st.text(max_size=30), min_size=1))
def test_shares_add_up(total: int, inputs: list[str]) -> None:
    found = shares(total, inputs)
    assert (sum(found), len(found)) == (total, len(inputs))
    assert min(found) >= 0


def test_of_equal_inputs_the_first_is_asked_for() -> None:
    assert first_places([b"a", b"b", b"a", b"c"], [0, 2, 3]) == [0, 3]
    assert narrowed(request("a", "b", "c"), [2, 0]).inputs == ("c", "a")


def test_the_whole_answer_has_all_tokens_where_the_vendor_counts() -> None:
    answer = EmbeddingAnswer(dialect="test", vectors=((1.0,),), usage=Usage(3))
    assert whole(answer, [(1.0,), (2.0,)], 9).usage == Usage(9)
    uncounted = EmbeddingAnswer(dialect="test", vectors=())
    assert whole(uncounted, [], 9).usage is None
