"""The keep-alive pool of one origin: hands out its connections and queues the calls that wait for one."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable

from config.catalog import Deadlines
from gateway.outbox import Outbox
from gateway.upstream.connection import Connection
from gateway.upstream.dial import dial
from gateway.upstream.errors import ClosedEarly, Phase, PoolClosed, PoolFull, UpstreamFailure
from gateway.upstream.origin import Origin
from gateway.upstream.response import Response, response_of
from gateway.upstream.tls import context_for
from gateway.upstream.upload import upload

JOIN_BELOW = 64 * 1024  # bytes; below this size, copying the body is cheaper than a second write
STALE_WITHIN = 1.0  # seconds; a reused connection that dies later was not stale: the vendor dropped the call


class Upstream:
    """The connections of one origin: reuse is last in, first out; waiting calls are served in order."""

    def __init__(
        self,
        origin: Origin,
        *,
        idle_seconds: float = 55.0,
        max_header_bytes: int = 64 * 1024,
        max_body_bytes: int = 256 * 1024 * 1024,
    ) -> None:
        """Reads the TLS files, so build it at load; no loop needed. Raises ValueError on an unusable file."""
        self.origin = origin
        self._host = str(origin)
        self._context = context_for(origin)
        self._idle_seconds = idle_seconds
        self._max_head = max_header_bytes
        self._max_body = max_body_bytes
        self._outbox = Outbox()
        self._idle: list[Connection] = []
        self._connections: set[Connection] = set()
        self._open = 0  # occupied places: open connections, and those being opened
        # In order, and each removable: a waiter gets a free connection, or None for a place to open one in.
        self._waiters: OrderedDict[asyncio.Future[Connection | None], None] = OrderedDict()
        self._closed = False

    @property
    def open_connections(self) -> int:
        """Connections that are open or being opened; never more than `origin.max_connections`."""
        return self._open

    @property
    def idle_connections(self) -> int:
        return len(self._idle)

    @property
    def waiting(self) -> int:
        """Calls waiting for a place in the pool."""
        return len(self._waiters)

    async def send(
        self,
        head: bytes,
        body: bytes | AsyncIterator[bytes] | None,
        deadlines: Deadlines,
        sending: Callable[[], None] | None = None,
        *,
        once: bool = False,
    ) -> Response:
        """Send a request (`head` from `build_head`) and return when the response head is there.

        Every failure is an UpstreamFailure. The connect deadline also covers the wait for a place; the
        headers deadline starts when the request is written, the total when `send` is called. A reused
        connection that proves dead (STALE_WITHIN, nothing received) is replaced once, if the body is bytes.
        `sending` is called just before the first byte goes out: until then the vendor has seen nothing.
        With `once` the request is never sent again, and uses a new connection if the pool has room: a stale
        connection cannot be distinguished from a vendor that died while handling the request.
        """
        tail = b""
        if body is None:
            request = head + b"\r\n"
        elif not isinstance(body, bytes):
            return await self._send_stream(head, body, deadlines, sending)
        elif len(body) < JOIN_BELOW:
            request = b"%bcontent-length: %d\r\n\r\n%b" % (head, len(body), body)
        else:
            request, tail = b"%bcontent-length: %d\r\n\r\n" % (head, len(body)), body
        connection = None if once and self._open < self.origin.max_connections else self._take_idle()
        total_due = None
        if connection is None:
            connection, total_due = await self._obtain(deadlines)
        if sending is not None:
            sending()
        connection.begin(request, deadlines, total_due)
        if tail:
            connection.write(tail)
        await connection.wait()
        if not connection.head_done:
            connection = await self._once_more(connection, request, tail, deadlines, once=once)
        return response_of(connection, self._max_body)

    async def aclose(self) -> None:
        """Close every connection at once; calls in progress and those waiting for a place get PoolClosed."""
        self._closed = True
        while (waiter := self._next_waiter()) is not None:
            waiter.set_exception(self._pool_closed("connect"))
        for connection in tuple(self._connections):
            connection.fail(self._pool_closed(connection.phase))
        for _ in range(1000):  # `connection_lost` comes in the loop's next turns
            if not self._connections:
                return
            await asyncio.sleep(0.001)

    # --- what a connection tells its owner ---

    def release(self, connection: Connection) -> None:
        """A connection is free: it goes to the longest waiter, else on top of the idle stack."""
        if self._closed:
            connection.abort()
        elif (waiter := self._next_waiter()) is not None:
            waiter.set_result(connection)
        else:
            self._idle.append(connection)
            connection.rest(self._idle_seconds)

    def lost(self, connection: Connection) -> None:
        """A connection is gone: free its place, unless it was never counted."""
        if connection in self._connections:
            self._connections.discard(connection)
            if connection in self._idle:
                self._idle.remove(connection)
            self._free_place()

    # --- places ---

    def _take_idle(self) -> Connection | None:
        idle = self._idle
        while idle:
            connection = idle.pop()
            if not connection.closed:
                return connection
        return None

    async def _obtain(self, deadlines: Deadlines, *, first: bool = False) -> tuple[Connection, float]:
        """A connection, opened or waited for, and the loop time of the total deadline."""
        if self._closed:
            raise self._pool_closed("connect")
        started = asyncio.get_running_loop().time()
        due = started + min(deadlines.connect, deadlines.total)
        connection = None
        if self._open < self.origin.max_connections:
            self._open += 1
        else:
            connection = await self._wait_for_place(due, first)
        if connection is None:
            connection = await self._dial(due)
        return connection, started + deadlines.total

    async def _wait_for_place(self, due: float, first: bool) -> Connection | None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Connection | None] = loop.create_future()
        self._waiters[waiter] = None
        if first:
            self._waiters.move_to_end(waiter, last=False)
        timer = loop.call_at(due, self._refuse, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled() and waiter.exception() is None:  # served in the same turn
                connection = waiter.result()
                if connection is None:
                    self._free_place()
                else:
                    self.release(connection)
            raise
        finally:
            timer.cancel()
            self._waiters.pop(waiter, None)

    async def _dial(self, due: float) -> Connection:
        connection = Connection(self, self._host, self._max_head, self._outbox)
        try:
            await dial(self.origin, self._context, connection, due)
            if self._closed:
                raise self._pool_closed("connect")
            if connection.closed:
                raise ClosedEarly(self._host, "connect", "the connection was closed as soon as it was open")
        except BaseException:
            connection.abort()
            self._free_place()
            raise
        self._connections.add(connection)
        return connection

    def _free_place(self) -> None:
        self._open -= 1
        if not self._closed and (waiter := self._next_waiter()) is not None:
            self._open += 1
            waiter.set_result(None)

    def _next_waiter(self) -> "asyncio.Future[Connection | None] | None":
        while self._waiters:
            waiter, _ = self._waiters.popitem(last=False)
            if not waiter.done():
                return waiter
        return None

    def _refuse(self, waiter: "asyncio.Future[Connection | None]") -> None:
        if not waiter.done():
            limit = self.origin.max_connections
            detail = f"all {limit} connections stayed busy until the connect deadline; raise max_connections"
            waiter.set_exception(PoolFull(self._host, "connect", detail))

    def _pool_closed(self, phase: Phase) -> PoolClosed:
        return PoolClosed(self._host, phase, "the gateway has closed this pool")

    async def _once_more(
        self, dead: Connection, request: bytes, tail: bytes, deadlines: Deadlines, *, once: bool
    ) -> Connection:
        if once or not dead.died_unheard(STALE_WITHIN):
            raise self._failure(dead)
        connection, _ = await self._obtain(deadlines, first=True)
        connection.begin(request, deadlines, dead.total_due)
        connection.write(tail)
        await self._answered(connection)
        return connection

    async def _answered(self, connection: Connection) -> None:
        if not connection.head_done:
            await connection.wait()
        if not connection.head_done:
            raise self._failure(connection)

    @staticmethod
    def _failure(connection: Connection) -> UpstreamFailure:
        return connection.failure or ClosedEarly(
            connection.host, connection.phase, "the connection was closed"
        )

    async def _send_stream(
        self,
        head: bytes,
        body: AsyncIterator[bytes],
        deadlines: Deadlines,
        sending: Callable[[], None] | None,
    ) -> Response:
        connection = self._take_idle()
        total_due = None
        if connection is None:
            connection, total_due = await self._obtain(deadlines)
        if sending is not None:
            sending()
        connection.begin(head + b"transfer-encoding: chunked\r\n\r\n", deadlines, total_due, sent=False)
        await upload(connection, body, deadlines)
        await self._answered(connection)
        return response_of(connection, self._max_body)
