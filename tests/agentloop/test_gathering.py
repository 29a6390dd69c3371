"""What is done together: each has its own outcome, whoever leaves meanwhile."""

import asyncio

import pytest

from agentloop.gathering import Gathering
from tests.patience import ARRIVAL_SECONDS


class Doubling:
    """Work that is slow until it is let go; `batches` are the items of each."""

    def __init__(self):
        self.batches = []
        self.go = asyncio.Event()

    async def work(self, items):
        self.batches.append(list(items))
        await self.go.wait()
        return [ValueError(item) if item < 0 else item * 2 for item in items]


async def begun(gathering, *items):
    tasks = [asyncio.ensure_future(gathering.do(item)) for item in items]
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


async def test_who_comes_at_once_and_who_comes_meanwhile_is_done_together():
    doubling = Doubling()
    gathering = Gathering(doubling.work, 3)
    first = await begun(gathering, 1, -2)
    later = await begun(gathering, 3, 4, 5, 6)
    doubling.go.set()
    found = await asyncio.gather(*first, *later, return_exceptions=True)
    assert [repr(each) for each in found] == ["2", "ValueError(-2)", "6", "8", "10", "12"]
    assert doubling.batches == [[1, -2], [3, 4, 5], [6]]


@pytest.mark.parametrize("expected", [0, 1])
@pytest.mark.parametrize("leaver", [0, 1, 2])
async def test_whoever_leaves_takes_nobody_along(leaver, expected):
    doubling = Doubling()
    gathering = Gathering(doubling.work, 9)
    gathering.expected = expected
    tasks = await begun(gathering, 1) + await begun(gathering, 2, 3)
    tasks[leaver].cancel()
    await asyncio.sleep(0)
    doubling.go.set()
    found = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), ARRIVAL_SECONDS)
    assert isinstance(found.pop(leaver), asyncio.CancelledError)
    assert found == [each * 2 for number, each in enumerate((1, 2, 3)) if number != leaver]
    assert await asyncio.wait_for(gathering.do(4), ARRIVAL_SECONDS) == 8


async def test_what_breaks_all_of_it_is_everybodys_and_the_next_are_served():
    async def breaks(items):
        await asyncio.sleep(0)
        if 0 in items:
            raise LookupError("all")
        return items

    gathering = Gathering(breaks, 9)
    found = await asyncio.gather(gathering.do(1), gathering.do(0), return_exceptions=True)
    assert [type(each) for each in found] == [LookupError, LookupError]
    assert await gathering.do(2) == 2


async def test_who_is_the_only_one_expected_waits_for_nobody():
    doubling = Doubling()
    doubling.go.set()
    gathering = Gathering(doubling.work, 9)
    gathering.expected = 1
    with pytest.raises(StopIteration, match="8"):
        gathering.do(4).send(None)


async def test_who_comes_while_the_only_one_expected_is_served_is_in_the_next_batch():
    doubling = Doubling()
    gathering = Gathering(doubling.work, 9)
    gathering.expected = 1
    tasks = await begun(gathering, -1) + await begun(gathering, 2, 3)
    doubling.go.set()
    found = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), ARRIVAL_SECONDS)
    assert [repr(each) for each in found] == ["ValueError(-1)", "4", "6"]
    assert doubling.batches == [[-1], [2, 3]]
