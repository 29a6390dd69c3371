"""What goes on beside the server, and how a process keeps it going."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger("signalbox")

_RESTART_SECONDS = 1.0  # before a duty that failed begins again


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
            log.exception("%s failed and begins again in %s s", name, _RESTART_SECONDS)
        await asyncio.sleep(_RESTART_SECONDS)
