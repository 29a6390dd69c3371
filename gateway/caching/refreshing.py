"""Refreshes a stale answer after its caller got the old one."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from gateway.caching.sought import ANEW, CONTROL
from gateway.call import Call
from gateway.errors import GatewayError
from gateway.frames import Head

log = logging.getLogger("signalbox.cache")

_MOST = 64  # refreshes at a time; further ones are left to later calls


class Nowhere:
    """A sink that discards the answer."""

    paused = False

    def begin(self, head: Head, data: bytes) -> None:
        pass

    def hold(self, head: Head, data: bytes) -> None:
        pass

    def write(self, data: bytes) -> None:
        pass

    def end(self) -> None:
        pass

    async def drained(self) -> None:
        pass


class Refreshing:
    """Runs calls in the background: limited, guarded, routed and billed like any other."""

    def __init__(
        self,
        answer: Callable[[Call], Coroutine[Any, Any, None]],
        ids: Callable[[], str],
        monotonic: Callable[[], float],
    ) -> None:
        """`answer` runs a call that has no caller, `ids` makes the ids of such calls."""
        self._answer = answer
        self._ids = ids
        self._monotonic = monotonic
        self._tasks: dict[bytes, asyncio.Task[None]] = {}

    def anew(self, call: Call, why: str) -> Call:
        """The same call without a caller, bypassing stored answers; its routing controls still apply."""
        return msgspec.structs.replace(
            call,
            id=self._ids(),
            arrived=self._monotonic(),
            trail=[("cache", why, call.id, {})],
            attempts=0,
            waiting=None,
            held=None,
            told=b"",
            headers=(*[each for each in call.headers if each[0] != CONTROL], ANEW),
            caller=None,
            cache="",
            served=None,
        )

    def start(self, fingerprint: bytes, call: Call, after: Callable[[], None] | None = None) -> None:
        """Run the call, unless one for this fingerprint or too many are running. `after` runs at its end, or
        at once if it is not run.
        """
        if fingerprint in self._tasks or len(self._tasks) >= _MOST:
            if after is not None:
                after()
            return
        task = asyncio.get_running_loop().create_task(self._run(call))
        self._tasks[fingerprint] = task
        task.add_done_callback(lambda _: self._tasks.pop(fingerprint, None))
        if after is not None:
            task.add_done_callback(lambda _: after())

    async def _run(self, call: Call) -> None:
        try:
            await self._answer(call)
        except GatewayError as error:
            log.warning("an answer in the cache could not be renewed: %s", error.message)
        except Exception:  # no caller waits for it, and the old answer is still there
            log.exception("an answer in the cache could not be renewed (request %s)", call.id)
