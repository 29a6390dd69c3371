"""Decides which of several gateways on one state directory counts limits, without a shared Redis."""

import asyncio
import fcntl
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from storage.errors import StoreError

log = logging.getLogger("signalbox.limits")

OTHER = (
    "Another gateway counts the limits and budgets of this state directory, and two would each admit them "
    "whole: stop it, give this one a directory of its own, or name a Redis for both (`stores.redis`)."
)
_FILE = "counting.lock"


class Solitude:
    """A file lock, taken when a limit is first counted; the kernel releases it when the process dies."""

    def __init__(self, state: Path, succeeded: Callable[[], Awaitable[None]]) -> None:
        """`succeeded` is called after waiting for another gateway, to record what that left behind."""
        self._file = state / _FILE
        self._succeeded = succeeded
        self._descriptor = -1
        self._waited = False
        self._counts = False
        self._one_at_a_time = asyncio.Lock()

    async def why_not(self) -> str:
        """The reason why limits cannot be counted here now; "": they can, until `close`."""
        if self._counts:
            return ""
        async with self._one_at_a_time:
            if not self._counts and not self._take():
                if not self._waited:
                    log.warning(OTHER)
                self._waited = True
                return OTHER
            if self._waited:
                # If this cannot be written, the usage cannot be read either, which each limit has a rule for.
                with suppress(StoreError, OSError):
                    await self._succeeded()
                self._waited = False
            self._counts = True
            return ""

    def close(self) -> None:
        """Release the lock, so that another gateway can count."""
        self._counts = False
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _take(self) -> bool:
        if self._descriptor >= 0:
            return True
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            log.warning("whether another gateway counts limits here is not known: %s", error)
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError as error:  # a file system without locks
            log.warning("whether another gateway counts limits here is not known: %s", error)
        self._descriptor = descriptor
        return True
