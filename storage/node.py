"""One Redis server: every command has a deadline, and after failures it is left alone for a while."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from math import inf
from typing import Any

from redis import exceptions
from redis.asyncio import Redis as Driver

from storage.deadline import Deadline
from storage.errors import StoreConflict, StoreDown, StoreError, StoreSlow

Command = Sequence[str | bytes | int]
# Of a server; the flag says that another named it by ASK, which it has to be told before each command.
Question = Callable[[Driver, bool], Awaitable[Any]]

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0  # seconds in which a server that failed is not asked

# What only the nodes of a cluster say: MOVED and ASK, and that keys which came together have not one place.
ELSEWHERE = (exceptions.AskError, exceptions.TryAgainError, exceptions.ClusterCrossSlotError)
# The most specific class first: the first that fits wins.
_BY_CLASS: tuple[tuple[type[BaseException], type[StoreError]], ...] = (
    (exceptions.TimeoutError, StoreSlow),
    (TimeoutError, StoreSlow),
    (exceptions.ConnectionError, StoreDown),
    (exceptions.ClusterDownError, StoreDown),
    (exceptions.ReadOnlyError, StoreDown),  # it was a master
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


class Node:
    """`deadline` is in seconds and bounds each command; `clock` is monotonic seconds.

    Raises StoreSlow past the deadline and StoreDown when it cannot be asked, or failed less than a pause ago:
    what a write did is not known then. StoreConflict: it refused a command. ELSEWHERE: ask another.
    """

    def __init__(self, driver: Driver, deadline: float, clock: Callable[[], float]) -> None:
        self.driver = driver
        self._deadline = deadline
        self._clock = clock
        self._pause = 0.0
        self._rested_at = -inf  # when it was last found to fail
        self._rests_until = 0.0

    @property
    def resting(self) -> bool:
        """Whether it failed recently, and is not asked."""
        return self._clock() < self._rests_until

    async def ask(self, question: Question, asking: bool = False) -> Any:
        """The command's reply."""
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
        """Close what lies in the pool: another server may be at the address, which only a new one reaches."""
        with suppress(*_CAUGHT):
            async with Deadline(self._deadline):
                await self.driver.connection_pool.disconnect(inuse_connections=False)

    def _failed(self, error: BaseException, began: float) -> StoreError:
        kind = next(ours for theirs, ours in _BY_CLASS if isinstance(error, theirs))
        # Of questions that were under way together only the first failure counts.
        if kind is not StoreConflict and began > self._rested_at:
            self._pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, self._pause * 2))
            self._rested_at = self._clock()
            self._rests_until = self._rested_at + self._pause
        return kind(f"{_SAID[kind]} ({type(error).__name__}).")


async def sent(commands: Sequence[Command], driver: Driver, asking: bool) -> list[Any]:
    """The reply to each of the commands, which go out together and happen together.

    A slot that is on its way from one node to another is no place to happen together.
    """
    pipeline = driver.pipeline(transaction=len(commands) > 1 and not asking)
    for command in commands:
        if asking:
            pipeline.execute_command("ASKING")
        pipeline.execute_command(*command)
    replies = list(await pipeline.execute())
    return replies[1::2] if asking else replies
