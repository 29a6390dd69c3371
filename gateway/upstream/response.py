"""A response in progress: its head at once, its body as it arrives."""

import sys
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

import msgspec

from gateway.upstream.connection import Connection
from gateway.upstream.decode import DecodedTooLarge, DecodingFailed, decoder_for
from gateway.upstream.errors import ClosedEarly, ProtocolError, TooLarge, UpstreamFailure
from gateway.upstream.head import ResponseHead, head_of

ERROR_SECONDS = 5.0  # to receive an error's body


def response_of(connection: Connection, max_body: int) -> "Response":
    """The response on a connection that has received its head."""
    head = head_of(connection.head)
    return Response(connection.status, connection.host, head, head.folded, connection, max_body, max_body)


class Response(msgspec.Struct, eq=False):
    """A vendor's answer. Call `close()` in a `finally`, or use it in a `with`.

    Bytes that came before a failure are returned first; then the failure is raised, again on every further
    read. Cancelling a read closes the socket at once.
    """

    status: int
    _host: str
    _head: ResponseHead
    folded: bytes  # the head in lower case, for searches that are not for a single header
    _connection: Connection | None
    _max_body: int
    _left: int
    _failure: UpstreamFailure | None = None

    def header(self, name: bytes) -> bytes | None:
        """The first value of a header; `name` in lower case."""
        return self._head.get(name)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """Every header in order, names in lower case. Split on each access: prefer `header`."""
        return self._head.items()

    @property
    def content_deadline(self) -> float | None:
        """The loop time by which the caller must have found content; the caller sets None once it has.

        Initially: the time of the request plus `Deadlines.first_content`. When it passes, a pending
        `next()` raises FirstContentTimeout.
        """
        return None if self._connection is None else self._connection.content_due

    @content_deadline.setter
    def content_deadline(self, due: float | None) -> None:
        if self._connection is not None:
            self._connection.content_due = due
            if due is not None:
                self._connection.watch(due)

    @property
    def received(self) -> int:
        """How many bytes of the body have been taken so far."""
        return self._max_body - self._left

    @property
    def silent(self) -> bool:
        """Whether nothing is buffered, so that `next` would wait."""
        connection = self._connection
        return connection is not None and not connection.chunks and not connection.complete

    async def next(self) -> bytes:
        """The bytes received since the last call; b"" at the clean end. Raises UpstreamFailure otherwise."""
        while (data := self._ready()) is None:
            await self._wait()
        return data

    async def pump(self, take: Callable[[bytes], bool]) -> bool:
        """Pass the body to `take` as it arrives; True at the clean end. Raises UpstreamFailure otherwise.

        False as soon as `take` returns False: it wants no more for now, and `pump` may be called again.
        What `take` raises is raised here.
        """
        while True:
            data = self._ready()
            if data is None:
                connection = self._connection
                if connection is not None and not await self._push(connection, take):
                    return False
            elif not data:
                return True
            elif not take(data):
                return False

    async def _push(self, connection: Connection, take: Callable[[bytes], bool]) -> bool:
        wanted = True
        raised: Exception | None = None

        def push() -> bool:
            nonlocal wanted, raised
            if not wanted:
                return False  # bytes that come before the task wakes are left for the next pump
            data = connection.take()
            self._left -= len(data)
            if self._left < 0:
                connection.chunks.append(data)  # `_ready` finds it and raises TooLarge
                self._left += len(data)
                return False
            try:
                wanted = take(data)
            except Exception as error:  # noqa: BLE001 - raised to `pump`'s caller, not to the event loop
                wanted, raised = False, error
            return wanted

        await connection.pushed(push)
        if raised is not None:
            raise raised
        return wanted

    def unbound(self) -> None:
        """Lift the size limit: the body passes through without being buffered."""
        self._left += sys.maxsize - self._max_body
        self._max_body = sys.maxsize

    def wind_up(self, seconds: float) -> None:
        """The reader has all it needs: allow `seconds` more for the clean end, which keeps the connection.

        After that, reading raises FirstContentTimeout.
        """
        connection = self._connection
        if connection is not None:
            self.content_deadline = connection.now() + seconds

    def whole(self) -> bytes | None:
        """The whole body as `read(decode=True)` returns it; None if it is incomplete and must be read."""
        connection = self._connection
        if connection is None or not connection.complete:
            return None
        return self._decoded(self._ready() or b"")

    async def read(self, *, decode: bool = False) -> bytes:
        """The rest of the body. Raises TooLarge beyond the bound.

        With `decode`, gzip and deflate are decoded as content-encoding says; the bound applies to both forms.
        """
        parts: list[bytes] = []
        await self._gather(parts)
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        return self._decoded(body) if decode else body

    async def _gather(self, parts: list[bytes]) -> None:
        while self._connection is not None or self._failure is not None:
            data = self._ready()
            if data is None:
                await self._wait()
            elif data:
                parts.append(data)
                if self._connection is not None:
                    self._connection.content_due = None

    async def read_error(self) -> bytes:
        """The body of an error answer; only what has arrived if it breaks or takes over ERROR_SECONDS.

        b"" if it cannot be decoded.
        """
        if (connection := self._connection) is not None:
            connection.content_due = None
            connection.total_due = min(connection.total_due, connection.now() + ERROR_SECONDS)
            connection.watch(connection.total_due)
        parts: list[bytes] = []
        with suppress(UpstreamFailure):
            await self._gather(parts)
        try:
            return self._decoded(b"".join(parts))
        except UpstreamFailure:
            return b""

    def close(self) -> None:
        """End the exchange: a complete answer returns its connection to the pool, any other closes it."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        self._failure = ClosedEarly(connection.host, "body", "the answer was closed before it was read")
        if connection.complete:
            connection.take()
            connection.finish()
        else:
            connection.abort()

    def __enter__(self) -> "Response":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _wait(self) -> None:
        if self._connection is not None:
            await self._connection.wait()

    def _ready(self) -> bytes | None:
        """What is available without waiting; None if that is nothing yet, b"" at the end."""
        connection = self._connection
        if connection is None:
            if self._failure is not None:
                raise self._failure
            return b""
        data = b""
        if connection.chunks:
            data = connection.take()
            self._left -= len(data)
            if self._left < 0:
                raise self._give_up(
                    TooLarge(connection.host, "body", f"the body exceeds {self._max_body} bytes")
                )
        if connection.complete:
            self._connection = None
            connection.finish()
            return data
        if data:
            return data
        if connection.failure is not None:
            raise self._give_up(connection.failure)
        return None

    def _give_up(self, failure: UpstreamFailure) -> UpstreamFailure:
        self._failure = failure
        if self._connection is not None:
            self._connection.abort()
            self._connection = None
        return failure

    def _decoded(self, body: bytes) -> bytes:
        if b"content-encoding" not in self.folded:
            return body  # cheaper than looking up the header
        encoding = self.header(b"content-encoding")
        if encoding is None:
            return body
        try:
            decoder = decoder_for(encoding, self._max_body)
            decoded = decoder.feed(body)
            decoder.finish()
        except DecodedTooLarge:
            raise TooLarge(self._host, "body", f"the decoded body exceeds {self._max_body} bytes") from None
        except DecodingFailed as error:
            raise ProtocolError(self._host, "body", str(error)) from None
        return decoded
