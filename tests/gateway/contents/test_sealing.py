"""What is locked is opened by the right key at the right place, and by nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contents.sealing import CannotOpen, Lock, Locksmith
from tests.gateway.contents.copies import FIRST, SECOND

LOCK = Lock(b"k" * 32)


@given(text=st.binary(max_size=200), place=st.text(max_size=20))
def test_what_is_locked_comes_back(text, place) -> None:
    sealed = LOCK.seal(place, text)
    assert LOCK.open(place, sealed) == text
    assert len(text) < 12 or text not in sealed
    assert LOCK.seal(place, text) != sealed  # a nonce of its own each time


@given(at=st.integers(0), bit=st.integers(0, 7))
def test_a_bit_that_was_changed_is_noticed(at, bit) -> None:
    sealed = bytearray(LOCK.seal("here", b"words"))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(CannotOpen):
        LOCK.open("here", bytes(sealed))


def test_a_row_does_not_stand_for_another() -> None:
    with pytest.raises(CannotOpen):
        LOCK.open("there", LOCK.seal("here", b"words"))
    with pytest.raises(CannotOpen):
        LOCK.open("here", b"")


def test_the_first_key_locks_and_all_open() -> None:
    before, both, after = Locksmith([FIRST]), Locksmith([SECOND, FIRST]), Locksmith([SECOND])
    sealed = before.make("ann")
    text = before.open("ann", "a", sealed).seal("1", b"words")
    again = both.again("ann", "a", sealed)
    for smith, name, held in ((both, "a", sealed), (both, "b", again), (after, "b", again)):
        assert smith.open("ann", name, held).open("1", text) == b"words"
    with pytest.raises(CannotOpen, match="'a' is not among"):
        after.open("ann", "a", sealed)
    with pytest.raises(CannotOpen):
        both.open("bob", "a", sealed)
    assert Locksmith([]).current == ""
