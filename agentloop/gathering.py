"""Batches concurrent items of work, each with its own result."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

# If many items may arrive, waiting for a few costs less than serving each alone.
_MANY = 16
_WAIT_SECONDS = 0.005

# One outcome per item, in order; an exception that is raised goes to all items.
Work = Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]]


@dataclass(slots=True, eq=False)
class _Place(Generic[T, R]):
    item: T
    woken: asyncio.Future[None] | None = None  # set when it is done, or when it is to do the work
    outcome: R | Exception | None = None
    done: bool = False

    def wake(self) -> None:
        if self.woken is not None and not self.woken.done():
            self.woken.set_result(None)


class Gathering(Generic[T, R]):
    """Serves a lone item at once; items that arrive meanwhile form the next batch, of at most `most`.

    The first in line does the work for all. If it is cancelled, the others repeat the work, so that must be
    safe. `expected` is how many items may arrive soon: if many, a batch briefly waits for some; if 1, for
    none; 0 means unknown.
    """

    expected = 0

    def __init__(self, work: Work[T, R], most: int) -> None:
        self._work = work
        self._most = most
        self._line: dict[_Place[T, R], None] = {}
        self._first: object = None  # does the work now, or will do it next

    async def do(self, item: T) -> R:
        """The item's outcome, raised if it is an exception."""
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
                        # Even without a delay, yield once: items that are ready now join the batch.
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
        except Exception as error:  # noqa: BLE001 - raised again, in each caller
            outcomes = [error] * len(batch)
        for place, outcome in zip(batch, outcomes, strict=True):
            place.outcome, place.done = outcome, True
            self._line.pop(place, None)
            place.wake()
