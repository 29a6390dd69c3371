"""One task answers a connection's calls in turn, and none after one that was cancelled."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from gateway.door.attendant import Attendant
from gateway.door.exchange import Exchange
from gateway.door.head import RequestHead
from tests.patience import ARRIVAL_SECONDS


class Asked:
    """As much of an exchange as an attendant looks at: it notes the task in which it is answered."""

    def __init__(self, work: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(0)) -> None:
        self._work = work
        self.began = asyncio.Event()
        self.task: asyncio.Task[Any] | None = None
        self.request = RequestHead(cast(Any, self._endpoint))

    async def _endpoint(self, _exchange: Exchange) -> None:
        self.task = asyncio.current_task()
        self.began.set()
        try:
            await self._work()
        except asyncio.CancelledError:
            pass  # as endpoints do: they raise nothing


def attendant(asked: Asked) -> Attendant:
    return Attendant(asyncio.get_running_loop(), cast(Exchange, asked))


def given(to: Attendant, asked: Asked) -> Asked:
    to.give(cast(Exchange, asked))
    return asked


async def free(one: Attendant) -> None:
    async with asyncio.timeout(ARRIVAL_SECONDS):
        while not one.free:
            assert not one.task.done()
            await asyncio.sleep(0)


async def gone(one: Attendant) -> None:
    async with asyncio.timeout(ARRIVAL_SECONDS):
        await asyncio.wait([one.task])


async def test_the_same_task_answers_one_exchange_after_the_other() -> None:
    first = Asked()
    one = attendant(first)
    assert not one.free
    await free(one)
    second = given(one, Asked())
    assert not one.free
    await free(one)
    assert first.task is second.task is one.task
    one.dismiss()
    await gone(one)


async def test_one_that_is_free_goes_when_it_is_dismissed() -> None:
    one = attendant(Asked())
    await free(one)
    one.dismiss()
    await gone(one)
    assert not one.free and one.task.exception() is None


async def test_one_that_is_busy_goes_when_its_call_is_answered() -> None:
    answered = asyncio.Event()
    asked = Asked(answered.wait)
    one = attendant(asked)
    await asked.began.wait()
    one.dismiss()
    await asyncio.sleep(0)
    assert not one.task.done()
    answered.set()
    await gone(one)
    assert not one.free


async def test_it_answers_no_other_call_after_one_that_was_cancelled() -> None:
    asked = Asked(asyncio.Event().wait)
    one = attendant(asked)
    await asked.began.wait()
    one.task.cancel()
    await gone(one)
    assert not one.free


async def test_it_can_be_cancelled_while_it_is_free() -> None:
    one = attendant(Asked())
    await free(one)
    one.task.cancel()
    await gone(one)
    assert one.task.cancelled() and not one.free


async def test_what_an_endpoint_raises_ends_it() -> None:
    async def fail() -> None:
        raise RuntimeError("broken")

    one = attendant(Asked(fail))
    await gone(one)
    with pytest.raises(RuntimeError, match="broken"):
        one.task.result()
    assert not one.free
