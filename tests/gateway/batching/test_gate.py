"""Lines of batches step back while callers wait, and never stand still."""

import asyncio

import pytest

from gateway.batching.gate import Gate, room


@pytest.mark.parametrize(
    ("most", "callers", "left"), [(16, 0, 16), (16, 3, 13), (16, 15, 1), (16, 500, 1), (1, 0, 1)]
)
def test_callers_take_the_places_of_lines(most: int, callers: int, left: int) -> None:
    assert room(most, callers) == left


async def test_who_finds_no_place_waits_until_one_is_given_back() -> None:
    gate = Gate(lambda: 2, lambda: 0)
    await gate.enter()
    await gate.enter()
    waiting = asyncio.ensure_future(gate.enter())
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.leave()
    await waiting
    assert gate.inside == 2


async def test_callers_that_go_make_room() -> None:
    callers = [1]
    gate = Gate(lambda: 2, lambda: callers[0])
    await gate.enter()
    waiting = asyncio.ensure_future(gate.enter())
    await asyncio.sleep(0)
    assert not waiting.done()
    callers[0] = 0
    await asyncio.wait_for(waiting, 10)
