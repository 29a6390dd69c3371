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

ERROR_SECONDS = 5.0  # for an error's body


def response_of(connection: Connection, max_body: int) -> "Response":
    """The answer whose head has come on a connection."""
    head = head_of(connection.head)
    return Response(connection.status, connection.host, head, head.folded, connection, max_body, max_body)


class Response(msgspec.Struct, eq=False):
    """What a vendor answered. Whoever got one calls `close()` in a `finally`, or uses it in a `with`.

    Bytes that came before a failure are returned before the failure is raised, and then it is raised again at
    every further read. Cancelling a read closes the socket at once.
    """

    status: int
    _host: str
    _head: ResponseHead
    folded: bytes  # the head in lower case, for who looks for something in it that is no one header
    _connection: Connection | None
    _max_body: int
    _left: int
    _failure: UpstreamFailure | None = None

    def header(self, name: bytes) -> bytes | None:
        """The first value of a header; `name` in lower case."""
        return self._head.get(name)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """Every header in order, names in lower case. Split anew each time: prefer `header`."""
        return self._head.items()

    @property
    def content_deadline(self) -> float | None:
        """The loop time by which the caller must have found content; it sets None when it has.

        At first: the time of asking plus `Deadlines.first_content`. A pending `next()` raises
        FirstContentTimeout when it passes.
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
        """How many bytes of the body were taken so far."""
        return self._max_body - self._left

    @property
    def silent(self) -> bool:
        """Whether nothing has come that was not taken: `next` will wait."""
        connection = self._connection
        return connection is not None and not connection.chunks and not connection.complete

    async def next(self) -> bytes:
        """The body bytes that have come since the last call; b"" at the clean end, a failure at any other."""
        while (data := self._ready()) is None:
            await self._wait()
        return data

    async def pump(self, take: Callable[[bytes], bool]) -> bool:
        """Give `take` what comes of the body as it comes; True at the clean end, a failure at any other.

        False as soon as `take` gives False: it wants no more now, and may be pumped to again. What it raises
        is raised here.
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
                return False  # what comes before the task wakes is left for the next pump
            data = connection.take()
            self._left -= len(data)
            if self._left < 0:
                connection.chunks.append(data)  # `_ready` finds it, and says so
                self._left += len(data)
                return False
            try:
                wanted = take(data)
            except Exception as error:  # noqa: BLE001 - it belongs to who pumps, not to the event loop
                wanted, raised = False, error
            return wanted

        await connection.pushed(push)
        if raised is not None:
            raise raised
        return wanted

    def unbound(self) -> None:
        """The body passes through and is kept nowhere: it may be of any size."""
        self._left += sys.maxsize - self._max_body
        self._max_body = sys.maxsize

    def wind_up(self, seconds: float) -> None:
        """The reader has all it wants: the clean end, which keeps the connection, may take so long yet.

        After that reading raises FirstContentTimeout.
        """
        connection = self._connection
        if connection is not None:
            self.content_deadline = connection.now() + seconds

    def whole(self) -> bytes | None:
        """The whole body as `read(decode=True)` gives it, if all of it has come; None: it is to be read."""
        connection = self._connection
        if connection is None or not connection.complete:
            return None
        return self._decoded(self._ready() or b"")

    async def read(self, *, decode: bool = False) -> bytes:
        """The rest of the body, whole. TooLarge beyond the bound.

        With `decode`, gzip and deflate are undone as content-encoding says; the bound holds for both forms.
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
        """The body of an answer whose status has said enough; what came of it where it breaks or takes long.

        b"" where a coding of it cannot be undone.
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
        """End the exchange: a whole answer gives its connection back, any other closes the socket at once."""
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
        """What can be had without waiting; None if that is nothing yet."""
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
            return body  # which is cheaper to see than the value of a header
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
