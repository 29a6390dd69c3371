"""The sink of a call whose answer is kept: all passes, and is held for those who want the same."""

import asyncio
import re
from collections.abc import Callable
from types import TracebackType

from caching.flight import Flight
from gateway.call import Call
from gateway.frames import Head, Sink

# The lines that every caller of the answer gets, of a head whose lines each end with CRLF.
_KEPT_LINES = re.compile(rb"(?m)^x-signalbox-(?:target|dropped):[^\n]*\n").findall


class Keeping:
    """Entered before the call is answered; leaving it says how that ended.

    While somebody else waits for the same answer, the caller neither ends the call by leaving it nor slows
    it down.
    """

    __slots__ = ("_call", "_flight", "_joined", "_lingers", "_over", "_sink", "write")

    def __init__(
        self, sink: Sink, flight: Flight, call: Call, over: Callable[[BaseException | None], bool]
    ) -> None:
        """`over` takes the error that ended the call, and says whether it was made good."""
        self._sink = sink
        self._flight = flight
        self._call = call
        self._over = over
        self._lingers = call.caller is not None and call.caller.lingers
        self._joined: asyncio.Event | None = None
        flight.when_joined(self._somebody_joined)
        flight.when_abandoned(self._abandoned)
        self.write = self._writer(sink, flight)

    def __enter__(self) -> "Keeping":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._flight.release()
        return self._over(error)

    @staticmethod
    def _writer(sink: Sink, flight: Flight) -> Callable[[bytes], None]:
        pass_on, hold = sink.write, flight.write

        def write(data: bytes) -> None:
            hold(data)
            pass_on(data)

        return write

    def begin(self, head: Head, data: bytes) -> None:
        self._flight.begin(data, b"".join(_KEPT_LINES(head.block)), head.whole)
        self._sink.begin(head, data)

    def hold(self, head: Head, data: bytes) -> None:
        self._flight.hold(data)
        self._sink.hold(head, data)

    def end(self) -> None:
        self._sink.end()

    @property
    def paused(self) -> bool:
        return self._sink.paused and not (self._flight.followed and self._flight.complete)

    async def drained(self) -> None:
        """Until the caller takes more, or it does not depend on the caller any longer."""
        if not self._flight.complete:
            await self._sink.drained()
            return
        self._joined = asyncio.Event()
        waits = [asyncio.ensure_future(self._sink.drained()), asyncio.ensure_future(self._joined.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._joined = None
            for each in waits:
                each.cancel()

    def _somebody_joined(self) -> None:
        if self._call.caller is not None:
            self._call.caller.lingers = True
        if self._joined is not None:
            self._joined.set()

    def _abandoned(self) -> None:
        caller = self._call.caller
        if caller is None:
            return
        caller.lingers = self._lingers
        if caller.disconnected and not caller.lingers and caller.task is not None:
            caller.task.cancel()
