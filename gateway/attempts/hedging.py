"""Two attempts at once, if the first is unusually slow: the first to produce content answers."""

import asyncio
from collections.abc import Callable

import msgspec

from gateway.attempts.attempt import Attempt
from gateway.errors import GatewayError, OverBudget, RefusedByVendor, UpstreamError
from gateway.frames import Sink


class Race(msgspec.Struct):
    """How it ended. Without a winner every attempt failed, in this order."""

    winner: Attempt | None = None
    first: bytes = b""  # the winner's first bytes
    failed: list[tuple[Attempt, GatewayError]] = msgspec.field(default_factory=list)


async def race(attempt: Attempt, seconds: float, second: Callable[[], Attempt | None], sink: Sink) -> Race:
    """Open an attempt, and after so many seconds without content the `second`, if there is to be one.

    Whoever loses is cancelled and closed, which leaves its row; so is whoever runs when this is cancelled.
    What no attempt may raise is raised here.
    """
    loop = asyncio.get_running_loop()
    opening = {loop.create_task(attempt.open(sink)): attempt}
    result = Race()
    waits: float | None = seconds
    try:
        while opening:
            done, _ = await asyncio.wait(opening, timeout=waits, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                waits = None
                if (other := second()) is not None:
                    opening[loop.create_task(other.open(sink))] = other
                continue
            for task in done:
                ended = opening.pop(task)
                if ended is not attempt and opening and _unpaid(task):
                    ended.close()
                    ended.call.trail.append(("route", "denied", "the budget cannot pay both", {}))
                elif _ended(task, ended, result):
                    return result
            if waits is not None:
                return result  # it failed before it was late: what follows is no race
        return result
    finally:
        await _leave(opening)


def _unpaid(task: "asyncio.Task[bytes]") -> bool:
    """Whether the call's budget could not pay a second attempt: the first one goes on, which it has paid."""
    return not task.cancelled() and isinstance(task.exception(), OverBudget)


def _ended(task: "asyncio.Task[bytes]", attempt: Attempt, result: Race) -> bool:
    """Whether this one has won."""
    try:
        result.first = task.result()
    except (UpstreamError, RefusedByVendor) as failure:
        attempt.close()
        result.failed.append((attempt, failure))
        return False
    except BaseException:
        attempt.settle("error", "internal_error")  # unless it has: what broke is ours
        attempt.close()
        raise
    result.winner = attempt
    return True


async def _leave(opening: "dict[asyncio.Task[bytes], Attempt]") -> None:
    for task, attempt in opening.items():
        attempt.outrun()
        task.cancel()
    await asyncio.gather(*opening, return_exceptions=True)
    for attempt in opening.values():
        attempt.close()
