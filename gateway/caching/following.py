"""A call that follows an identical one in flight: it gets the answer so far, then the rest live."""

import asyncio
from collections.abc import Callable

from caching.echoes import REPEATING, Echoing, own
from caching.flight import Flight
from caching.replaying import Form
from gateway.caching.freshness import is_fresh
from gateway.caching.replays import Replays, head_block
from gateway.caching.sought import Sought
from gateway.errors import GatewayError, NobodyAnswered, RefusedByVendor, UpstreamError
from gateway.frames import STREAM, Head, Sink

# Failures at vendors apply to every identical call; other errors are the leader's own.
SHARED = (UpstreamError, NobodyAnswered, RefusedByVendor)
_LOST = "The call whose answer this one shares has ended before its answer was complete."
_LAGGED = "This stream was read too slowly for the call whose answer it shares."


class Following:
    """One call that follows one flight."""

    def __init__(self, sought: Sought, flight: Flight, form: Form, replays: Replays) -> None:
        """`form` is the form of the flight's answer: if this caller's differs, it is replayed at the end."""
        self._sought = sought
        self._flight = flight
        self._live = form == sought.form
        self._replays = replays
        self._begun = False
        # Replaces the values that the answer repeats from the leader's request by this caller's.
        self._echoing = Echoing(own(sought.cleared.body)) if sought.form.operation in REPEATING else None

    async def follow(self, sink: Sink, instead: Callable[[], bool]) -> bool:
        """Give the sink the answer; False: the flight has none for it, and the call has to be made.

        `instead` may serve another answer if the vendor failed before any content; it returns whether it did.

        Raises the vendor's failure, or UpstreamError if the answer breaks off.
        """
        flight = self._flight
        flight.join(self)
        try:
            came = await (self._take(sink) if self._live else self._wait(sink))
        except GatewayError as error:
            if isinstance(error, SHARED) and not self._begun and instead():
                return True
            self._settle("cut" if self._begun else "error", error.code)
            raise
        except asyncio.CancelledError:
            self._settle("cancelled")
            raise
        finally:
            flight.leave(self)
        return came

    async def _take(self, sink: Sink) -> bool:
        flight, held = self._flight, 0
        while True:
            data = flight.take(self)
            if data is None:
                raise UpstreamError(_LAGGED, status=502, code="follower_too_slow")
            if not data and flight.state == "landed":
                if not flight.begun:
                    return self._given(sink)
                if self._echoing is not None and (rest := self._echoing.end()):
                    self._pass(sink, rest)
                self._settle("ok")
                return True
            if data:
                self._say(sink, data)
            elif flight.state != "open":
                return self._lost()
            elif held < flight.holds:
                held = self._hold(sink)
            elif sink.paused:
                await sink.drained()
            else:
                await asyncio.shield(flight.news())

    def _say(self, sink: Sink, data: bytes) -> None:
        if self._echoing is not None:
            whole = self._flight.whole
            data = self._echoing.whole(data) if whole else self._echoing.feed(data)
        if data:
            self._pass(sink, data)

    def _pass(self, sink: Sink, data: bytes) -> None:
        flight, call = self._flight, self._sought.cleared.call
        if self._begun:
            sink.write(data)
            return
        self._begun = True
        if flight.whole:
            self._settle("ok")  # every row is written before the answer's last byte
        sink.begin(Head(head_block(call, flight.lines, 0), flight.whole), data)

    def _hold(self, sink: Sink) -> int:
        call, flight = self._sought.cleared.call, self._flight
        lines = STREAM % call.dialect.stream_type + call.told + b"x-signalbox-cache: hit\r\n"
        sink.hold(Head(lines, whole=False), flight.comment)
        return flight.holds

    async def _wait(self, sink: Sink) -> bool:
        """Wait for the whole answer, then replay it in another form."""
        flight = self._flight
        while flight.state == "open":
            await asyncio.shield(flight.news())
        if flight.state == "lost":
            return self._lost()
        return self._given(sink)

    def _given(self, sink: Sink) -> bool:
        """Serve the flight's answer at once; it has an age if its leader found it in the store."""
        kept = self._flight.kept
        said = self._replays.say(self._sought, kept) if kept and is_fresh(kept, self._sought) else None
        if said is None:
            return False
        self._replays.give(self._sought, said[1], said[0], sink, "shared")
        return True

    def _lost(self) -> bool:
        error = self._flight.error
        if isinstance(error, SHARED):
            raise error.with_traceback(None)  # each follower that raises it would lengthen the traceback
        if self._begun:
            raise UpstreamError(_LOST, status=502, code="shared_call_lost")
        return False

    def _settle(self, status: str, error: str = "") -> None:
        if self._sought.cleared.call.attempts:
            return
        flight = self._flight
        numbers: dict[str, float | int | str] = {"saved_nano": flight.cost} if status == "ok" else {}
        self._replays.note(self._sought, "shared", "/".join(flight.by), numbers)
        saved = flight.cost if status == "ok" else 0
        self._replays.row(self._sought, flight.by, status, saved=saved, error=error)
