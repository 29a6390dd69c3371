"""A call that follows an identical one in flight: it gets what came so far, then the rest live."""

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

# What a vendor said is true for all who asked it the same; other errors are the leader's own.
SHARED = (UpstreamError, NobodyAnswered, RefusedByVendor)
_LOST = "The call whose answer this one shares has ended before its answer was complete."
_LAGGED = "This stream was read too slowly for the call whose answer it shares."


class Following:
    """One follower of one flight."""

    def __init__(self, sought: Sought, flight: Flight, form: Form, replays: Replays) -> None:
        """`form` is that of the flight's answer."""
        self._sought = sought
        self._flight = flight
        self._live = form == sought.form
        self._replays = replays
        self._begun = False
        # Not what the leader's answer repeats of the leader's request.
        self._echoing = Echoing(own(sought.cleared.body)) if sought.form.operation in REPEATING else None

    async def follow(self, sink: Sink, instead: Callable[[], bool]) -> bool:
        """Give the sink the answer; False when there is none for it, and it has to ask for itself.

        `instead` may give another answer where the vendor has failed, and says whether it did.

        Raises what the vendor's failure was, or UpstreamError where the answer breaks off.
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
            self._settle("ok")  # before its last byte, as every row
        sink.begin(Head(head_block(call, flight.lines, 0), flight.whole), data)

    def _hold(self, sink: Sink) -> int:
        call, flight = self._sought.cleared.call, self._flight
        lines = STREAM % call.dialect.stream_type + call.told + b"x-signalbox-cache: hit\r\n"
        sink.hold(Head(lines, whole=False), flight.comment)
        return flight.holds

    async def _wait(self, sink: Sink) -> bool:
        """For the whole answer, which is then said in another form."""
        flight = self._flight
        while flight.state == "open":
            await asyncio.shield(flight.news())
        if flight.state == "lost":
            return self._lost()
        return self._given(sink)

    def _given(self, sink: Sink) -> bool:
        """All of a kept answer at once, which may be one that its leader only found: then it has an age."""
        kept = self._flight.kept
        said = self._replays.say(self._sought, kept) if kept and is_fresh(kept, self._sought) else None
        if said is None:
            return False
        self._replays.give(self._sought, said[1], said[0], sink, "shared")
        return True

    def _lost(self) -> bool:
        error = self._flight.error
        if isinstance(error, SHARED):
            raise error.with_traceback(None)  # by many callers, each of which would lengthen it
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
