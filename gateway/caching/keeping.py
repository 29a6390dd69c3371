"""The sink of a call that leads: passes its answer on, and records it for followers and the cache."""

import asyncio
from collections.abc import Callable
from types import TracebackType

import msgspec

from caching.flight import Flight
from gateway.caching.sought import Sought
from gateway.frames import Head, Sink

Over = Callable[[Sought, Sink, BaseException | None], bool]


def _not_begun(data: bytes) -> None:
    raise AssertionError("a sink takes its head before all else")


class Keeping(msgspec.Struct, eq=False):
    """Entered before the call is made; on exit, `over` learns how it ended.

    While there are followers, the caller can neither end the call by disconnecting nor slow it down.
    """

    sink: Sink
    flight: Flight
    sought: Sought
    over: Over  # takes the error that ended the call; returns whether it was handled
    write: Callable[[bytes], None] = _not_begun  # set by `begin`, for streams only
    _lingers: bool | None = None  # while followed: the value of the caller's `lingers` before that
    _joined: asyncio.Event | None = None

    def __enter__(self) -> "Keeping":
        self.flight.leader = self
        if self.flight.followers:  # they joined during the lookup in the store
            self.joined()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.flight.leader = None
        return self.over(self.sought, self.sink, error)

    def _writer(self) -> Callable[[bytes], None]:
        pass_on, hold = self.sink.write, self.flight.write

        def write(data: bytes) -> None:
            hold(data)
            pass_on(data)

        return write

    def begin(self, head: Head, data: bytes) -> None:
        if not head.whole:
            self.write = self._writer()
        self.flight.begin(data, head.lasting, head.whole)
        self.sink.begin(head, data)

    def hold(self, head: Head, data: bytes) -> None:
        self.flight.hold(data)
        self.sink.hold(head, data)

    def end(self) -> None:
        self.sink.end()

    @property
    def paused(self) -> bool:
        return self.sink.paused and not (self.flight.followed and self.flight.complete)

    async def drained(self) -> None:
        """Wait until the caller takes more, or a follower joins: then the caller's pace no longer matters."""
        if not self.flight.complete:
            await self.sink.drained()
            return
        self._joined = asyncio.Event()
        waits = [asyncio.ensure_future(self.sink.drained()), asyncio.ensure_future(self._joined.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._joined = None
            for each in waits:
                each.cancel()

    def joined(self) -> None:
        """A follower joined: the call now outlives its caller."""
        caller = self.sought.cleared.call.caller
        if caller is not None and self._lingers is None:
            self._lingers, caller.lingers = caller.lingers, True
        if self._joined is not None:
            self._joined.set()

    def abandoned(self) -> None:
        """The last follower left: the call ends with its caller again."""
        caller = self.sought.cleared.call.caller
        if caller is None or self._lingers is None:
            return
        caller.lingers, self._lingers = self._lingers, None
        if caller.disconnected and not caller.lingers and caller.task is not None:
            caller.task.cancel()
