"""A run waits beside a server that goes on working, rests where that takes long, and gives up in the end."""

import asyncio

import pytest

from agentloop.events import ToolCall, ToolCompleted, ToolUnderway, ToolUnknown
from agentloop.steps import Step
from agentloop.underway import Task
from gateway.agents import patience
from gateway.agents.patience import waited

TASK = Task("", "id", "status", (), (), 2.0, 60.0)
STEP = Step(ToolCall("c", "desk__x", "{}"), 1, attempt=1, key="K", handle="h", until_ms=60_000)
WORKS = ToolUnderway("c", "h")
DONE = ToolCompleted("c", "done")


class Clock:
    """Unix seconds that pass where somebody sleeps."""

    def __init__(self, now=0.0):
        self.now = now

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(patience, "asyncio", clock)
    return clock


def answering(*events):
    left = list(events)

    async def ask():
        return left.pop(0) if len(left) > 1 else left[0]

    return ask


async def test_what_its_server_began_is_written_down_before_it_is_asked(clock):
    begun = await waited(answering(WORKS, DONE), TASK, STEP.__class__(STEP.call, 1), clock)
    assert begun == ToolUnderway("c", "h", 60_000)


async def test_what_is_done_soon_is_waited_for(clock):
    assert await waited(answering(WORKS, WORKS, DONE), TASK, STEP, clock) == DONE
    assert clock.now == pytest.approx(5.0)


async def test_what_takes_long_lets_the_run_rest_longer_each_time(clock):
    event = await waited(answering(WORKS), TASK, STEP, clock)
    assert isinstance(event, ToolUnderway)
    assert clock.now <= 10
    rests = []
    for number in range(1, 5):
        step = Step(STEP.call, 1, handle="h", until_ms=600_000, rests=number)
        before = clock.now
        event = await waited(answering(WORKS), TASK, step, clock)
        assert clock.now == before  # it is asked once
        rests.append(event.wake_ms / 1000 - clock.now)
    assert rests == sorted(rests)
    assert 5 <= rests[0]
    assert rests[-1] <= 60


async def test_nobody_waits_for_ever_and_all_are_asked_once_at_least(clock):
    clock.now = 60.0
    assert isinstance(await waited(answering(WORKS), TASK, STEP, clock), ToolUnknown)
    assert await waited(answering(DONE), TASK, STEP, clock) == DONE


async def test_who_is_cancelled_meanwhile_leaves():
    task = asyncio.ensure_future(waited(answering(WORKS), TASK, STEP, lambda: 0.0))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
