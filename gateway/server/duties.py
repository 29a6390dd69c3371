"""The background tasks ("duties") beside the server, and how a process keeps them running."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Iterable

log = logging.getLogger("signalbox")

_RESTART_SECONDS = 1.0  # before a failed duty is restarted
_AGAIN_SECONDS = 5.0  # before a duty that keeps running is cancelled again


def calm_collector() -> None:
    """Freezes what was loaded and lets the garbage collector run rarely: calls leave no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 5, 5)


async def for_ever(name: str, duty: Callable[[], Awaitable[None]]) -> None:
    """Runs a duty until cancelled: if it fails, that is logged and it is restarted, so the server goes on."""
    while True:
        try:
            await duty()
        except Exception:  # whatever it was, calls are still answered, and the log names the failing duty
            log.exception("%s failed and restarts in %s s", name, _RESTART_SECONDS)
        await asyncio.sleep(_RESTART_SECONDS)


async def end(duties: Iterable["asyncio.Task[None]"]) -> None:
    """Cancels the duties and returns when all have ended.

    They are cancelled repeatedly if need be: Python 3.11's `asyncio.wait_for`, which database drivers use,
    swallows a cancellation that arrives at the same moment as its result.
    """
    left = {duty for duty in duties if not duty.done()}
    while left:
        for duty in left:
            duty.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN_SECONDS)
