"""One Redis server: every command has a deadline, and after a failure the server is not asked for a while."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from math import inf
from typing import Any

from redis import exceptions
from redis.asyncio import Redis as Driver

from storage.deadline import Deadline
from storage.errors import StoreConflict, StoreDown, StoreError, StoreSlow

Command = Sequence[str | bytes | int]
# Asks a server. The flag says that an ASK redirection led there, so each command needs a preceding ASKING.
Question = Callable[[Driver, bool], Awaitable[Any]]

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0  # seconds for which a failed server is not asked

# Replies of cluster nodes only: MOVED (a subclass of ASK), ASK, TRYAGAIN, and keys in different slots.
ELSEWHERE = (exceptions.AskError, exceptions.TryAgainError, exceptions.ClusterCrossSlotError)
# The most specific class first: the first match wins.
_BY_CLASS: tuple[tuple[type[BaseException], type[StoreError]], ...] = (
    (exceptions.TimeoutError, StoreSlow),
    (TimeoutError, StoreSlow),
    (exceptions.ConnectionError, StoreDown),
    (exceptions.ClusterDownError, StoreDown),
    (exceptions.ReadOnlyError, StoreDown),  # no longer a master
    (exceptions.ResponseError, StoreConflict),
    (exceptions.RedisError, StoreDown),
    (OSError, StoreDown),
    (RuntimeError, StoreDown),  # uvloop's error for a write to a closed connection
)
_CAUGHT = tuple(each for each, _ in _BY_CLASS)
_SAID = {
    StoreDown: "Redis cannot be used now",
    StoreSlow: "Redis did not answer in time",
    StoreConflict: "Redis refused a command",
}


class Node:
    """`deadline` is in seconds and bounds each question; `clock` is monotonic seconds.

    Raises StoreSlow past the deadline, StoreDown if the server is unavailable or failed less than a pause
    ago; then the effect of a write is unknown. StoreConflict: it refused a command. ELSEWHERE: ask another.
    """

    def __init__(self, driver: Driver, deadline: float, clock: Callable[[], float]) -> None:
        self.driver = driver
        self._deadline = deadline
        self._clock = clock
        self._pause = 0.0
        self._rested_at = -inf  # when the last failure was seen
        self._rests_until = 0.0

    @property
    def resting(self) -> bool:
        """Whether it failed recently and is not asked."""
        return self._clock() < self._rests_until

    async def ask(self, question: Question, asking: bool = False) -> Any:
        """The question's reply. `asking`: an ASK redirection led here."""
        began = self._clock()
        if began < self._rests_until:
            raise StoreDown("Redis failed just now and is left alone for a moment.")
        try:
            async with Deadline(self._deadline):
                reply = await question(self.driver, asking)
        except ELSEWHERE:
            self._pause = 0.0
            raise
        except _CAUGHT as error:
            failure = self._failed(error, began)
            if not isinstance(failure, StoreConflict):
                await self._part()
            raise failure from error
        self._pause = 0.0
        return reply

    async def _part(self) -> None:
        """Close idle connections: another server may have the address, reached only by a new connection."""
        with suppress(*_CAUGHT):
            async with Deadline(self._deadline):
                await self.driver.connection_pool.disconnect(inuse_connections=False)

    def _failed(self, error: BaseException, began: float) -> StoreError:
        kind = next(ours for theirs, ours in _BY_CLASS if isinstance(error, theirs))
        # Of concurrent questions, only the first failure counts.
        if kind is not StoreConflict and began > self._rested_at:
            self._pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, self._pause * 2))
            self._rested_at = self._clock()
            self._rests_until = self._rested_at + self._pause
        return kind(f"{_SAID[kind]} ({type(error).__name__}).")


async def sent(commands: Sequence[Command], driver: Driver, asking: bool) -> list[Any]:
    """The reply to each command. They are sent in one pipeline and run atomically.

    In a migrating slot (`asking`) they are not atomic.
    """
    pipeline = driver.pipeline(transaction=len(commands) > 1 and not asking)
    for command in commands:
        if asking:
            pipeline.execute_command("ASKING")
        pipeline.execute_command(*command)
    replies = list(await pipeline.execute())
    return replies[1::2] if asking else replies
