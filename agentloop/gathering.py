"""Batches concurrent requests for work, each with its own result."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

# Where many may come it costs less to wait for a few of them than to serve each alone.
_MANY = 16
_WAIT_SECONDS = 0.005

# One outcome for each, in their order; what is raised is everybody's.
Work = Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]]


@dataclass(slots=True, eq=False)
class _Place(Generic[T, R]):
    item: T
    woken: asyncio.Future[None] | None = None  # it is done, or its turn to do the work
    outcome: R | Exception | None = None
    done: bool = False

    def wake(self) -> None:
        if self.woken is not None and not self.woken.done():
            self.woken.set_result(None)


class Gathering(Generic[T, R]):
    """Who comes alone is served at once; who comes meanwhile is in the next batch, of `most` at once.

    Whoever is first in the line does the work for all. When they are cancelled amid it, it is done once more
    for the others: the work must bear that. `expected` is how many may come soon: of many
    some are waited for, where there is one nobody is, and 0 is for who does not know.
    """

    expected = 0

    def __init__(self, work: Work[T, R], most: int) -> None:
        self._work = work
        self._most = most
        self._line: dict[_Place[T, R], None] = {}
        self._first: object = None  # who does the work now, or is to do it next

    async def do(self, item: T) -> R:
        """The item's outcome. Raises it where it is an exception."""
        alone = self.expected == 1 and self._first is None
        outcome = await (self._alone(item) if alone else self._in_line(item))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _alone(self, item: T) -> R | Exception:
        self._first = self
        try:
            return (await self._work((item,)))[0]
        finally:
            self._go_on()

    async def _in_line(self, item: T) -> R | Exception:
        place: _Place[T, R] = _Place(item)
        self._line[place] = None
        if self._first is None:
            self._first = place
        try:
            while not place.done:
                if self._first is place:
                    if self.expected != 1:
                        # With no time at all, too, who is ready now comes along.
                        await asyncio.sleep(_WAIT_SECONDS if len(self._line) < self.expected // _MANY else 0)
                    await self._batch()
                else:
                    place.woken = asyncio.get_running_loop().create_future()
                    await place.woken
        finally:
            self._line.pop(place, None)
            if self._first is place:
                self._go_on()
        return place.outcome  # type: ignore[return-value]  # done: it is one of them by now

    def _go_on(self) -> None:
        self._first = first = next(iter(self._line), None)
        if first is not None:
            first.wake()

    async def _batch(self) -> None:
        batch = list(islice(self._line, self._most))
        outcomes: Sequence[R | Exception]
        try:
            outcomes = await self._work([place.item for place in batch])
        except Exception as error:  # noqa: BLE001 - raised again, to each of them
            outcomes = [error] * len(batch)
        for place, outcome in zip(batch, outcomes, strict=True):
            place.outcome, place.done = outcome, True
            self._line.pop(place, None)
            place.wake()
