"""One HTTP/1.1 connection: a request out, the answer's bytes in, with deadlines.

The parser calls back only where it has to. Header callbacks would cost ten times the rest of
the parse, so the head is kept as bytes (see `ResponseHead`); the body callback is a bare `list.append`.

Deadlines cost one timer per connection. It is armed for the nearest deadline and almost never moved: progress
only pushes deadlines back, so when the timer fires early it looks at the clock and sleeps on.
"""

import asyncio
from collections.abc import Callable
from math import inf
from operator import itemgetter
from typing import Protocol, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from config.catalog import Deadlines
from gateway.outbox import Outbox, Outgoing
from gateway.upstream.errors import (
    ClosedEarly,
    FirstContentTimeout,
    HeadersTimeout,
    IdleTimeout,
    Phase,
    ProtocolError,
    TimedOut,
    TooLarge,
    TotalTimeout,
    UpstreamFailure,
    timed_out,
    translate,
)
from gateway.upstream.head import behind_interim, head_of

HIGH_WATER = 256 * 1024  # buffered bytes of the body at which reading pauses
_MOST_BARE = 1024 * 1024  # bytes outside the body, such as trailers
_TICK = 0.001  # seconds; uvloop counts in whole milliseconds, so a timer may fire this early


class Owner(Protocol):
    """The pool to which a connection returns."""

    def release(self, connection: "Connection") -> None: ...
    def lost(self, connection: "Connection") -> None: ...


class Connection(asyncio.Protocol):
    """A socket and, while `active`, the one exchange on it."""

    __slots__ = (
        "_asked", "_bare", "_buffered", "_deadlines", "_head_only", "_heard", "_idle_due", "_interim",
        "_keep", "_loop", "_max_head", "_outbox", "_owner", "_parser", "_paused", "_push", "_raw",
        "_reusable", "_timer", "_timer_due", "_transport", "_waiter", "_writable", "active", "chunks",
        "closed", "complete", "content_due", "failure", "head", "head_done", "host", "on_body", "status",
        "total_due", "used",
    )  # fmt: skip

    def __init__(self, owner: Owner, host: str, max_head: int, outbox: Outbox) -> None:
        self._owner = owner
        self._outbox = outbox
        self._loop = asyncio.get_running_loop()
        self._max_head = max_head
        self._transport: asyncio.Transport = None  # type: ignore[assignment]  # until it is connected
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = inf
        self._idle_due = inf
        self._paused = False
        self._writable: asyncio.Future[None] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._deadlines = Deadlines()
        self.host = host
        self.closed = False
        self.used = False  # has carried an exchange before
        self.chunks: list[bytes] = []  # buffered bytes of the body
        self.on_body: Callable[[bytes], None] = self.chunks.append
        self._parser = HttpResponseParser(self)
        self.active = False
        self.head_done = False
        self.complete = False
        self.status = 0
        self.head = b""
        self.failure: UpstreamFailure | None = None
        self.content_due: float | None = None
        self._push: Callable[[], bool] | None = None
        self._raw = b""  # the head as received so far
        self._interim = 0  # heads with a 1xx status in it
        self._buffered = self._bare = 0  # bytes received: of the body, and of neither head nor body
        self._keep = False
        self._reusable = False

    # --- the exchange, as the pool and the response drive it ---

    def begin(
        self, request: bytes, deadlines: Deadlines, total_due: float | None = None, *, sent: bool = True
    ) -> None:
        """Write a request and start its deadlines; the total may already run, until `total_due` (loop time).

        With `sent=False` more of the body follows: the headers deadline starts at `sent()`.
        """
        now = self._loop.time()
        self._deadlines = deadlines
        self.total_due = due = now + deadlines.total if total_due is None else total_due
        self._asked = inf
        if sent:
            self._asked = now
            due = min(due, now + deadlines.headers)
        self._head_only = head_only = request.startswith(b"HEAD ")
        self._reusable = not head_only  # the parser does not know about HEAD, so it would wait for a body
        self.active = True
        if self.closed:
            self.failure = ClosedEarly(self.host, "headers", "the kept connection was closed")
            return
        if due < self._timer_due:
            self._arm(due)
        self._transport.write(request)

    def sent(self) -> None:
        """The request is completely written: the headers deadline starts."""
        self._asked = self._loop.time()
        self.watch(self._asked + self._deadlines.headers)

    def write(self, data: bytes) -> None:
        """Write a further piece of the request; does nothing on a closed connection."""
        if not self.closed:
            self._transport.write(data)

    @property
    def writable(self) -> "asyncio.Future[None] | None":
        """What to wait for before writing more, if the vendor reads slowly."""
        return self._writable

    async def wait(self) -> None:
        """Wait for the head or, after it, for any news. Closes the socket if cancelled."""
        if self.content_due is not None and self._loop.time() >= self.content_due:
            self.watch(self.content_due)
        if self.failure is not None:
            return
        try:
            await self.news()
        except asyncio.CancelledError:
            self.abort()
            raise
        finally:
            self._waiter = None

    def news(self) -> "asyncio.Future[None]":
        """A future that is done at the next news: the head, body bytes, the end or a failure."""
        if self._waiter is not None:
            raise RuntimeError("two tasks read one response")
        self._waiter = waiter = self._loop.create_future()
        return waiter

    def unwatched(self) -> None:
        """Forget the future of `news`."""
        self._waiter = None

    async def pushed(self, push: Callable[[], bool]) -> None:
        """Call `push` for each piece of the body before its end, until it returns False or the answer ends.

        No task wakes for such a piece, which halves the cost of a streamed event. `push` must not raise.
        """
        self._push = push
        try:
            await self.wait()
        finally:
            self._push = None

    def take(self) -> bytes:
        """Take the buffered bytes of the body, which makes room for more."""
        chunks = self.chunks
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        chunks.clear()
        self._buffered = 0
        if self._paused:
            self._paused = False
            self._heard = self._loop.time()  # we paused reading: the silence was not the vendor's
            self.watch(self._heard + self._deadlines.idle)
            if not self.closed:
                self._transport.resume_reading()
        return data

    def finish(self) -> None:
        """The answer is complete and taken: return the connection to the pool, or close it."""
        if self._keep and not self.closed and self._writable is None:
            self.used = True
            self.active = self.head_done = self.complete = False
            self.content_due = None
            self._interim = self._bare = 0
            self._owner.release(self)
        else:
            self.abort()

    def now(self) -> float:
        """The loop's time, in which all deadlines are expressed."""
        return self._loop.time()

    def rest(self, seconds: float) -> None:
        """Stay idle in the pool for at most `seconds`, then close."""
        self._idle_due = due = self._loop.time() + seconds
        if due < self._timer_due:
            self.watch(due)

    def spoil(self) -> None:
        """Do not reuse this connection: its request was not sent completely."""
        self._keep = self._reusable = False

    def abort(self) -> None:
        """Close the socket at once. Idempotent."""
        self.closed = True
        if self._transport is None:  # and no `connection_lost` may ever come to release the parser
            self._parser = None
        else:
            self._transport.abort()

    def fail(self, failure: UpstreamFailure) -> None:
        """End the exchange with this failure, unless it has ended already."""
        if self.active and not self.complete and self.failure is None:
            self.failure = failure
        self.abort()
        self._wake()

    def died_unheard(self, within: float) -> bool:
        """Whether a reused connection broke within so many seconds of its request, with nothing received."""
        return (
            self.used
            and isinstance(self.failure, ClosedEarly)
            and not self._raw
            and not self.head_done
            and self._loop.time() - self._asked < within
        )

    @property
    def phase(self) -> Phase:
        if self.head_done:
            return "body"
        return "send" if self._asked == inf else "headers"

    # --- the transport's callbacks ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = Outgoing(cast(asyncio.Transport, transport), self._outbox)
        if self.closed:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if not self.active or self.closed:
            self.abort()  # unsolicited data would be read as the next call's answer
            return
        if not self.head_done:
            self._raw = self._raw + data if self._raw else data
        try:
            self._parser.feed_data(data)
            if not self.complete:
                self._received(len(data))
        except (HttpParserError, HttpParserUpgrade, UpstreamFailure) as error:
            if self.complete:
                self._keep = False  # the answer is complete; what follows it is not ours
            else:
                self.fail(translate(error, self.host, self.phase))
        if self.head_done:
            if self._head_only:
                self.chunks.clear()
            push = self._push
            if push is None or self.complete or self.failure is not None or not push():
                self._wake()

    def _received(self, size: int) -> None:
        self._heard = now = self._loop.time()
        if not self.head_done:
            if len(self._raw) > self._max_head:
                raise self._head_too_large()
            return
        due = now + self._deadlines.idle
        if self.content_due is not None and self.content_due < due:
            due = self.content_due
        if due < self._timer_due:
            self._arm(due)
        if not self.chunks:  # neither head nor body: no reader takes it, so none would end a pause
            self._bare += size
            if self._bare > _MOST_BARE:
                raise ProtocolError(self.host, "body", f"over {_MOST_BARE} bytes that are no body")
            return
        self._buffered += size
        if self._buffered > HIGH_WATER and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def _head_too_large(self) -> TooLarge:
        return TooLarge(self.host, "headers", f"the response head exceeds {self._max_head} bytes")

    def connection_lost(self, exc: Exception | None) -> None:
        ours = self.closed
        self.closed = True
        self._parser = None  # type: ignore[assignment]  # it refers to our callbacks: a reference cycle
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.active and not self.complete and self.failure is None:
            if exc is None and not ours and self.head_done and head_of(self.head).ends_at_close():
                self.complete = True
            elif exc is not None:
                self.failure = translate(exc, self.host, self.phase)
            else:
                self.failure = ClosedEarly(self.host, self.phase, "it ended before the answer did")
        self.resume_writing()
        self._wake()
        self._owner.lost(self)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    # --- the parser's callbacks ---

    def on_message_begin(self) -> None:
        if self.complete:
            self._keep = False  # bytes after the answer would be given to the next call

    def on_headers_complete(self) -> None:
        if self.head_done:
            raise ProtocolError(self.host, "body", "a second response to one request")
        status = self._parser.get_status_code()
        if 100 <= status < 200:
            self._interim += 1
            return
        raw = self._raw
        if self._interim or not raw.startswith(b"HTTP/"):
            raw = behind_interim(raw, self._interim)
        if status < 100 or not raw.startswith(b"HTTP/"):  # the parser also accepts RTSP
            raise ProtocolError(self.host, "headers", "the response has no HTTP status line")
        end = raw.find(b"\r\n\r\n")
        if end > self._max_head:
            raise self._head_too_large()
        self._raw = b""
        self.head = raw[: end + 2]
        self.status = status
        self.head_done = True
        self.content_due = self._asked + self._deadlines.first_content
        self.complete = self._head_only

    def on_message_complete(self) -> None:
        if self.head_done:
            self.complete = True
            self._keep = self._reusable and self._parser.should_keep_alive()

    # --- deadlines ---

    def watch(self, due: float) -> None:
        """Check the deadlines no later than this loop time."""
        if due < self._timer_due and not self.closed:
            self._arm(due)

    def _arm(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if due == inf:
            return
        self._timer = self._loop.call_at(due, self._look)
        self._timer_due = due

    def _look(self) -> None:
        self._timer = None
        self._timer_due = inf
        if self.active:
            # The loop may have been blocked, and unread data in the socket is not late: two turns of the loop
            # let it be read first.
            self._loop.call_soon(self._loop.call_soon, self._judge)
        elif self._loop.time() + _TICK >= self._idle_due:
            self.abort()
        else:
            self._arm(self._idle_due)

    def _judge(self) -> None:
        if self.active and not self.complete:
            due, lapsed = self._next_due()
            if self._loop.time() + _TICK >= due:
                self.fail(timed_out(lapsed, self.host, self.phase, self._deadlines))
            else:
                self.watch(due)

    def _next_due(self) -> tuple[float, type[TimedOut]]:
        total = (self.total_due, TotalTimeout)
        if not self.head_done:
            return min((self._asked + self._deadlines.headers, HeadersTimeout), total, key=itemgetter(0))
        silent = inf if self._paused else self._heard + self._deadlines.idle
        # Content that has arrived but not been looked at is not late.
        unseen = self._waiter is None or self._waiter.done()
        content = inf if unseen or self.content_due is None else self.content_due
        return min((silent, IdleTimeout), (content, FirstContentTimeout), total, key=itemgetter(0))

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
