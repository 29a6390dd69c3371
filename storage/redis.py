"""One way to Redis: every question has a deadline, and a server that failed is left alone for a while.

Imported only where the configuration names such a server: the driver takes 20 MB. Works with Valkey too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from math import inf
from pathlib import Path
from typing import Any, TypeVar

from redis import exceptions
from redis.asyncio import Redis as Driver
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from storage.errors import StoreConflict, StoreDown, StoreError, StoreSlow

T = TypeVar("T")
Command = Sequence[str | bytes | int]

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0  # seconds in which a server that failed is not asked
_CONNECT_SECONDS = 1.0
_SCRIPTS = Path(__file__).parent / "lua"

# The most specific class first: the first that fits wins.
_BY_CLASS: tuple[tuple[type[BaseException], type[StoreError]], ...] = (
    (exceptions.TimeoutError, StoreSlow),
    (TimeoutError, StoreSlow),
    (exceptions.ConnectionError, StoreDown),
    (exceptions.ResponseError, StoreConflict),
    (exceptions.RedisError, StoreDown),
    (OSError, StoreDown),
    (RuntimeError, StoreDown),  # how uvloop says that a connection was closed before it is written to
)
_CAUGHT = tuple(each for each, _ in _BY_CLASS)
_SAID = {
    StoreDown: "Redis cannot be used now",
    StoreSlow: "Redis did not answer in time",
    StoreConflict: "Redis refused a command",
}


class Redis:
    """For one event loop only. `deadline` is in seconds and bounds each question.

    Raises StoreSlow past the deadline and StoreDown when it cannot be asked, or failed less than a pause ago:
    what a write did is not known then. StoreConflict: it refused a command.
    """

    def __init__(self, url: str, deadline: float, clock: Callable[[], float]) -> None:
        """`clock` is monotonic seconds. Raises ValueError on a URL that is none."""
        self._deadline = deadline
        self._clock = clock
        self._pause = 0.0
        self._rested_at = -inf  # when it was last found to fail
        self._rests_until = 0.0
        self._driver = Driver.from_url(
            url,
            socket_connect_timeout=_CONNECT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            max_connections=64,
        )
        self._scripts = {
            path.stem: self._driver.register_script(path.read_text()) for path in _SCRIPTS.glob("*.lua")
        }

    @property
    def resting(self) -> bool:
        """Whether it failed just now, and is left alone."""
        return self._clock() < self._rests_until

    async def run(self, *commands: Command) -> list[Any]:
        """The reply to each of the commands, which go out together and happen together."""
        pipeline = self._driver.pipeline(transaction=len(commands) > 1)
        for command in commands:
            pipeline.execute_command(*command)
        return list(await self._asked(pipeline.execute))

    async def script(self, name: str, keys: Sequence[str], values: Sequence[int | str]) -> list[Any]:
        """What a script of `storage/lua` answers, on keys of one hash slot."""
        script = self._scripts[name]
        return list(await self._asked(lambda: script(keys=keys, args=values)))

    async def _asked(self, question: Callable[[], Awaitable[Any]]) -> Any:
        began = self._clock()
        if began < self._rests_until:
            raise StoreDown("Redis failed just now and is left alone for a moment.")
        try:
            async with asyncio.timeout(self._deadline):
                reply = await question()
        except _CAUGHT as error:
            raise self._failed(error, began) from error
        self._pause = 0.0
        return reply

    def _failed(self, error: BaseException, began: float) -> StoreError:
        kind = next(ours for theirs, ours in _BY_CLASS if isinstance(error, theirs))
        # Of questions that were under way together only the first failure counts.
        if kind is not StoreConflict and began > self._rested_at:
            self._pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, self._pause * 2))
            self._rested_at = self._clock()
            self._rests_until = self._rested_at + self._pause
        return kind(f"{_SAID[kind]} ({type(error).__name__}).")

    async def close(self) -> None:
        """Close every connection."""
        await self._driver.aclose()
