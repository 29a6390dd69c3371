"""Detects that the clock was set back, which leaves meters in windows that lie in the future."""

import asyncio
import logging
from collections.abc import Callable

from gateway.clock import Clock

log = logging.getLogger("signalbox.limits")

LOOK_SECONDS = 1.0
_STEP_MS = 1_500  # per look: smaller corrections are part of normal clock adjustment


async def notice_steps(clock: Clock, set_back: Callable[[int], None]) -> None:
    """Call `set_back` with the current time after each step back, until cancelled."""
    before = _ahead(clock)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        ahead = _ahead(clock)
        if ahead < before - _STEP_MS:
            log.warning("the clock was set back by %.1f s: limits are counted anew", (before - ahead) / 1000)
            set_back(clock.unix_ms())
        before = ahead


def _ahead(clock: Clock) -> int:
    """Milliseconds by which the clock is ahead of the monotonic one."""
    return clock.unix_ms() - int(clock.monotonic() * 1000)
