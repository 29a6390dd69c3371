"""The limit finds how many calls a target does well with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.concurrency import START, Concurrency


def settled(room: int, most: int = 500) -> float:
    """The limit after many calls at a target that answers in 100 ms and queues what it has no room for."""
    found = Concurrency(most, adaptive=True)
    for _ in range(300):  # a quiet time tells what is usual
        found.took(100.0, 1)
    for _ in range(3000):
        inside = int(found.limit)
        found.took(100.0 * max(1.0, inside / room), inside)
    return found.limit


@pytest.mark.parametrize("room", [10, 40, 200])
def test_it_settles_near_the_room_there_is(room: int) -> None:
    assert 0.5 * room <= settled(room) <= 3 * room + 10


def test_a_number_stands_still() -> None:
    still = Concurrency(8, adaptive=False)
    for ms in (100.0, 9000.0):
        still.took(ms, 8)
    still.overloaded()
    assert still.limit == 8.0


def test_refusals_take_room_away_and_it_comes_back() -> None:
    found = Concurrency(100, adaptive=True)
    for _ in range(100):
        found.overloaded()
    assert found.limit == 1.0
    for _ in range(100):
        found.took(100.0, int(found.limit))
    assert found.limit > START


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 500), st.booleans()), max_size=200))
def test_whatever_comes_there_is_room_for_one_and_never_for_more_than_allowed(
    calls: list[tuple[float, int, bool]],
) -> None:
    found = Concurrency(50, adaptive=True)
    for ms, inside, overloaded in calls:
        found.took(ms, inside)
        if overloaded:
            found.overloaded()
        assert 1.0 <= found.limit <= 50.0
