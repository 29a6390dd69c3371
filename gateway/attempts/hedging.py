"""Two attempts at once, if the first is unusually slow: the first to produce content answers."""

import asyncio
from collections.abc import Callable

import msgspec

from gateway.attempts.attempt import Attempt
from gateway.errors import GatewayError, OverBudget, RefusedByVendor, UpstreamError
from gateway.frames import Sink


class Race(msgspec.Struct):
    """A race's outcome. Without a winner every attempt failed, in this order."""

    winner: Attempt | None = None
    first: bytes = b""  # the winner's first bytes
    failed: list[tuple[Attempt, GatewayError]] = msgspec.field(default_factory=list)


async def race(attempt: Attempt, seconds: float, second: Callable[[], Attempt | None], sink: Sink) -> Race:
    """Open an attempt and, after `seconds` without content, the one that `second` returns, if any.

    Losing attempts are cancelled and closed, which writes their rows; so are running ones if this is
    cancelled. Errors other than UpstreamError and RefusedByVendor are raised.
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
                return result  # it failed before it was late, so no hedge is needed
        return result
    finally:
        await _leave(opening)


def _unpaid(task: "asyncio.Task[bytes]") -> bool:
    """Whether the call's budget could not pay for the second attempt: the first, already paid, goes on."""
    return not task.cancelled() and isinstance(task.exception(), OverBudget)


def _ended(task: "asyncio.Task[bytes]", attempt: Attempt, result: Race) -> bool:
    """Records the attempt's result; True if it has won."""
    try:
        result.first = task.result()
    except (UpstreamError, RefusedByVendor) as failure:
        attempt.close()
        result.failed.append((attempt, failure))
        return False
    except BaseException:
        attempt.settle("error", "internal_error")  # unless settled already: the fault is ours
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
