"""Notices that the clock was set back, which leaves meters in windows that have not begun yet."""

import asyncio
import logging
from collections.abc import Callable

from gateway.clock import Clock

log = logging.getLogger("signalbox.limits")

LOOK_SECONDS = 1.0
_STEP_MS = 1_500  # in one look: by less a clock is set right while it goes on


async def notice_steps(clock: Clock, set_back: Callable[[int], None]) -> None:
    """Tell of each step back what time it is now; until cancelled."""
    before = _ahead(clock)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        ahead = _ahead(clock)
        if ahead < before - _STEP_MS:
            log.warning("the clock was set back by %.1f s: limits are counted anew", (before - ahead) / 1000)
            set_back(clock.unix_ms())
        before = ahead


def _ahead(clock: Clock) -> int:
    """Of the clock that nobody sets, in milliseconds."""
    return clock.unix_ms() - int(clock.monotonic() * 1000)
