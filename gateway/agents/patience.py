"""How long a run polls a long-running tool in memory before it is suspended."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from agentloop.events import Event, ToolUnderway, ToolUnknown
from agentloop.steps import Step
from agentloop.underway import Task

_BESIDE = 10.0  # seconds for which a run polls in memory
_SHORTEST, _LONGEST = 5.0, 60.0  # seconds for which a run is suspended
_SLOWER = 1.5

Ask = Callable[[], Awaitable[Event]]  # makes the call, or polls if there is a handle


async def waited(ask: Ask, task: Task, step: Step, clock: Callable[[], float]) -> Event:
    """The task's outcome. ToolUnderway: suspend the run, or first journal the handle to poll.

    `clock` returns Unix seconds; polling ends at `step.until_ms`, but happens at least once.
    """
    if not step.handle:
        event = await ask()
        until_ms = int((clock() + task.patience) * 1000)
        return replace(event, until_ms=until_ms) if type(event) is ToolUnderway else event
    pause, waited_for = task.every, 0.0
    while True:
        event = await ask()
        if type(event) is not ToolUnderway:
            return event
        now = clock()
        left = step.until_ms / 1000 - now
        if left <= 0:
            return ToolUnknown(step.call.call_id, f"it was not done in {task.patience:g} s")
        if step.rests or waited_for + pause > _BESIDE:
            rest = min(_LONGEST, max(_SHORTEST, task.every * 2**step.rests), left)
            wake_ms = int((now + rest) * 1000) + 1
            return replace(event, until_ms=step.until_ms, wake_ms=wake_ms, rests=step.rests + 1)
        await asyncio.sleep(min(pause, left))
        waited_for += pause
        pause *= _SLOWER
