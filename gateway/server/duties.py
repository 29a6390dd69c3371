"""Background tasks beside the server, and how a process keeps them running."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Iterable

log = logging.getLogger("signalbox")

_RESTART_SECONDS = 1.0  # before a duty that failed begins again
_AGAIN_SECONDS = 5.0  # before a duty that goes on is told once more to end


def calm_collector() -> None:
    """What was loaded stays, and a call leaves no cycles: seldom look for garbage, only among the new."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 5, 5)


async def for_ever(name: str, duty: Callable[[], Awaitable[None]]) -> None:
    """A duty beside the server must not take the server with it: it is logged and begun again."""
    while True:
        try:
            await duty()
        except Exception:  # whatever it was, answering goes on, and the log says which duty is limping
            log.exception("%s failed and restarts in %s s", name, _RESTART_SECONDS)
        await asyncio.sleep(_RESTART_SECONDS)


async def end(duties: Iterable["asyncio.Task[None]"]) -> None:
    """Return when all of them have ended.

    They are cancelled more than once if need be: Python 3.11's `asyncio.wait_for`, which drivers of databases
    use, swallows a cancellation that comes in the moment in which its answer does.
    """
    left = {duty for duty in duties if not duty.done()}
    while left:
        for duty in left:
            duty.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN_SECONDS)
