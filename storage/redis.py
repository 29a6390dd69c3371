"""A Redis server that is asked under a deadline, and left alone for a while when it does not answer.

Imported only where the configuration names such a server: the driver takes 20 MB.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from redis import exceptions
from redis.asyncio import Redis as Driver
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from storage.errors import StoreConflict, StoreDown, StoreError, StoreSlow

Command = Sequence[str | bytes | int]

_FAILURES = 3  # in a row, after which it is left alone
_PAUSE_SECONDS = 1.0
_CONNECT_SECONDS = 1.0

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
    """Every command has `deadline` seconds. After failures in a row each is refused at once, for a moment."""

    def __init__(self, url: str, deadline: float, clock: Callable[[], float]) -> None:
        """`clock` is monotonic seconds. Raises ValueError on a URL that is none."""
        self._deadline = deadline
        self._clock = clock
        self._failures = 0
        self._closed_until = 0.0
        self._driver = Driver.from_url(
            url,
            socket_connect_timeout=_CONNECT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            max_connections=64,
        )

    @property
    def resting(self) -> bool:
        """Whether it is left alone now."""
        return self._clock() < self._closed_until

    async def run(self, *commands: Command) -> list[Any]:
        """The reply to each of the commands, which go out together and happen together.

        Raises StoreSlow past the deadline, StoreDown when it cannot be asked: what a write did is not known.
        """
        if self.resting:
            raise StoreDown("Redis is left alone for a moment, because it did not answer.")
        try:
            async with asyncio.timeout(self._deadline):
                pipeline = self._driver.pipeline(transaction=len(commands) > 1)
                for command in commands:
                    pipeline.execute_command(*command)
                replies = await pipeline.execute()
        except _CAUGHT as error:
            raise self._failed(error) from error
        self._failures = 0
        return list(replies)

    def _failed(self, error: BaseException) -> StoreError:
        kind = next(ours for theirs, ours in _BY_CLASS if isinstance(error, theirs))
        if kind is not StoreConflict:
            self._failures += 1
            if self._failures >= _FAILURES:
                self._closed_until = self._clock() + _PAUSE_SECONDS
        return kind(f"{_SAID[kind]} ({type(error).__name__}).")

    async def close(self) -> None:
        await self._driver.aclose()
