"""Calls wait for their turn, interactive ones first; whose turn cannot come in time is told when it would."""

import asyncio

import pytest

from gateway.errors import Overloaded
from gateway.targets.admission import PRIORITIES, Gate
from routing.concurrency import Concurrency
from tests.patience import until

INTERACTIVE, BATCH = range(len(PRIORITIES))


class World:
    """A gate with room for so many, and a clock that is turned by hand."""

    def __init__(self, room: int = 1) -> None:
        self.now = 100.0
        self.gate = Gate(Concurrency(room, adaptive=False), lambda: self.now)
        self.served: list[str] = []

    async def call(self, name: str, priority: int, seconds: float = 60.0) -> None:
        await self.gate.enter(priority, seconds)
        self.served.append(name)

    def start(self, name: str, priority: int = INTERACTIVE, seconds: float = 60.0) -> "asyncio.Task[None]":
        return asyncio.ensure_future(self.call(name, priority, seconds))

    async def one_ends(self, after: float = 1.0) -> None:
        self.now += after
        self.gate.leave(100.0, overloaded=False)
        for _ in range(3):
            await asyncio.sleep(0)


async def test_while_there_is_room_nobody_waits() -> None:
    world = World(room=2)
    await world.call("a", BATCH)
    await world.call("b", INTERACTIVE)
    assert (world.gate.inside, world.gate.waiting) == (2, 0)
    assert not world.gate.take()


async def test_interactive_calls_go_first_and_those_of_one_kind_in_turn() -> None:
    world = World()
    await world.call("first", BATCH)
    tasks = [world.start(name, BATCH if name[0] == "b" else INTERACTIVE) for name in ("b1", "i1", "b2", "i2")]
    await until(lambda: world.gate.waiting == 4)
    for _ in tasks:
        await world.one_ends()
    await asyncio.gather(*tasks)
    assert world.served == ["first", "i1", "i2", "b1", "b2"]
    assert world.gate.inside == 1


async def test_who_comes_while_others_wait_does_not_slip_in() -> None:
    world = World()
    await world.call("first", INTERACTIVE)
    waiting = world.start("second")
    await until(lambda: world.gate.waiting == 1)
    assert not world.gate.take()
    await world.one_ends()
    await waiting
    assert world.served == ["first", "second"]


async def test_whose_turn_cannot_come_in_time_is_told_at_once_when_it_would() -> None:
    world = World()
    await world.call("first", INTERACTIVE)
    tasks = [world.start(str(number)) for number in range(8)]
    await until(lambda: world.gate.waiting == 8)
    for _ in range(3):
        await world.one_ends(after=2.0)
    assert world.gate.expected(INTERACTIVE) == pytest.approx(12.0)
    with pytest.raises(Overloaded) as refused:
        await world.gate.enter(BATCH, 11.0)
    assert (refused.value.status, refused.value.headers) == (503, ((b"retry-after", b"12"),))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_wait_ends_at_its_deadline() -> None:
    world = World()
    await world.call("first", INTERACTIVE)
    with pytest.raises(Overloaded):
        await world.gate.enter(INTERACTIVE, 0.01)
    assert (world.gate.waiting, world.gate.inside) == (0, 1)


async def test_who_leaves_while_waiting_leaves_no_trace() -> None:
    world = World()
    await world.call("first", INTERACTIVE)
    leaving, staying = world.start("leaving"), world.start("staying")
    await until(lambda: world.gate.waiting == 2)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    await world.one_ends()
    await staying
    assert world.served == ["first", "staying"] and world.gate.inside == 1


async def test_who_is_let_in_and_leaves_in_the_same_moment_makes_room_again() -> None:
    world = World()
    await world.call("first", INTERACTIVE)
    leaving, staying = world.start("leaving"), world.start("staying")
    await until(lambda: world.gate.waiting == 2)
    world.gate.leave(1.0, overloaded=False)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    await staying
    assert world.served == ["first", "staying"] and world.gate.inside == 1


async def test_a_wait_of_more_than_a_minute_tells_sdks_to_give_up() -> None:
    world = World()
    await world.call("first", INTERACTIVE)
    task = world.start("second", seconds=1000)
    await until(lambda: world.gate.waiting == 1)
    world.gate.leave(0.0, overloaded=True)
    world.gate.inside += 1
    other = world.start("third", seconds=1000)
    await until(lambda: world.gate.waiting == 1)
    await world.one_ends(after=90.0)
    with pytest.raises(Overloaded) as refused:
        await world.gate.enter(INTERACTIVE, 30.0)
    assert refused.value.headers == ((b"x-should-retry", b"false"),)
    other.cancel()
    await asyncio.gather(task, other, return_exceptions=True)
