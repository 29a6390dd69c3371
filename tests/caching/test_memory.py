"""Memory holds no more bytes than it may, forgets what is old, and lets the least used go first."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from caching.kept import Kept
from caching.memory import Memory
from tests.caching.test_kept import KEPT


def of(size: int, gone_at: float = 100.0, team: str = "t") -> Kept:
    return msgspec.structs.replace(KEPT, body=b"x" * size, gone_at=gone_at, team=team)


def test_what_was_put_is_found_until_it_is_gone() -> None:
    memory = Memory(10_000)
    memory.put(b"a", of(10))
    assert memory.get(b"a", 99.9) is not None
    assert memory.get(b"b", 0.0) is None
    assert memory.get(b"a", 100.0) is None
    assert (len(memory), memory.bytes) == (0, 0)


def test_the_least_used_goes_first() -> None:
    memory = Memory(3 * of(100).size)
    for name in (b"a", b"b", b"c"):
        memory.put(name, of(100))
    memory.get(b"a", 0.0)
    memory.put(b"d", of(100))
    assert [name for name in (b"a", b"b", b"c", b"d") if memory.get(name, 0.0)] == [b"a", b"c", b"d"]


def test_one_that_is_larger_than_all_is_not_kept() -> None:
    memory = Memory(1000)
    memory.put(b"a", of(2000))
    assert len(memory) == 0


def test_it_shrinks_when_it_is_told_to() -> None:
    memory = Memory(10_000)
    for name in range(5):
        memory.put(bytes([name]), of(100))
    memory.resize(2 * of(100).size)
    assert len(memory) == 2


def test_what_is_known_later_takes_the_place_of_what_was_there() -> None:
    memory = Memory(10_000)
    memory.swap(b"a", of(10))
    assert memory.get(b"a", 0.0) is None
    memory.put(b"a", of(10))
    memory.swap(b"a", msgspec.structs.replace(of(10), fit=True))
    assert (found := memory.get(b"a", 0.0)) is not None
    assert found.fit


def test_purging_takes_what_is_meant() -> None:
    memory = Memory(100_000)
    for number in range(10):
        memory.put(bytes([number]), of(10, team="x" if number % 2 else "y"))
    assert memory.purge(lambda _, kept: kept.team == "x") == 5
    assert (len(memory), memory.bytes) == (5, 5 * of(10).size)
    assert memory.drop(bytes([0]))
    assert not memory.drop(bytes([0]))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3000), st.booleans())))
def test_it_never_holds_more_than_it_may_and_counts_right(acts: list[tuple[int, int, bool]]) -> None:
    memory = Memory(5000)
    for name, size, puts in acts:
        if puts:
            memory.put(bytes([name]), of(size))
        else:
            memory.drop(bytes([name]))
        assert 0 <= memory.bytes <= memory.size
    held = [found.size for name in range(21) if (found := memory.get(bytes([name]), 0.0)) is not None]
    assert (sum(held), len(held)) == (memory.bytes, len(memory))
