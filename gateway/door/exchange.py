"""One model call over HTTP: its headers and body in, its answer written straight to the connection."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from gateway.door.head import RequestHead
from gateway.frames import Head

if TYPE_CHECKING:
    from gateway.door.protocol import Protocol

_SENT = b"HTTP/1.1 200 OK\r\n%bcontent-length: %d\r\n\r\n%b"
_SENT_LAST = b"HTTP/1.1 200 OK\r\n%bconnection: close\r\ncontent-length: %d\r\n\r\n%b"


class _NoEvent:
    """Stands in for the event by which uvicorn wakes its own requests; ours are called directly."""

    def set(self) -> None:
        pass


class Exchange(msgspec.Struct, eq=False):
    """A model call in progress; stands in for uvicorn's current request on the paths that we serve."""

    message_event: ClassVar[_NoEvent] = _NoEvent()

    protocol: "Protocol"
    request: RequestHead
    keep_alive: bool = False  # the connection may carry another exchange after this one
    identity: bytes = b""  # header lines that every answer of this exchange carries
    body: bytes = b""
    size: int = 0  # bytes of the body received so far
    whole: bool = False  # the request has been received completely
    begun: bool = False  # part of the answer was sent
    response_complete: bool = False
    disconnected: bool = False  # the client has disconnected
    lingers: bool = False  # the call then goes on, for instance for the vendor's report of usage
    task: asyncio.Task[None] | None = None
    pieces: list[bytes] | None = None  # of the body, after its first

    def receive(self, piece: bytes) -> None:
        """Take a piece of the body."""
        self.size += len(piece)
        if not self.body:
            self.body = piece
        elif self.pieces is None:
            self.pieces = [piece]
        else:
            self.pieces.append(piece)

    def received(self) -> None:
        """The body is complete."""
        self.whole = True
        if self.pieces is not None:
            self.body = b"".join((self.body, *self.pieces))
            self.pieces = None

    def begin(self, head: Head, data: bytes) -> None:
        """Send status 200, the headers, and the whole body or its first bytes."""
        if self.begun:  # the head already went out with a keep-alive
            self.write(data)
            return
        self.begun = True
        block = head.block + self.identity
        if head.whole:
            if not self.disconnected:
                form = _SENT if self.keep_alive else _SENT_LAST
                self.protocol.transport.write(form % (block, len(data), data))
            self._complete()
        elif not self.disconnected:
            self.protocol.transport.write(b"HTTP/1.1 200 OK\r\n" + block + self._first(data))

    def hold(self, head: Head, data: bytes) -> None:
        """Send status 200, the headers and a keep-alive; from the second time on, only the latter."""
        self.begin(head, data)

    def _first(self, data: bytes) -> bytes:
        """The framing headers and first bytes of a streamed answer."""
        if not self.request.chunked:  # HTTP/1.0 has no chunks: closing the connection ends the answer
            self.keep_alive = False
            return b"connection: close\r\n\r\n" + data
        last = b"" if self.keep_alive else b"connection: close\r\n"
        if not data:  # an empty chunk would end the answer
            return b"%btransfer-encoding: chunked\r\n\r\n" % last
        return b"%btransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (last, len(data), data)

    def end(self) -> None:
        """End the answer, if it has not ended yet."""
        if not self.response_complete:
            self.finish()

    def refuse(self, status: int, block: bytes, body: bytes) -> None:
        """Send a complete answer whose status is not 200."""
        self.begun = True
        if not self.whole:
            self.keep_alive = False  # the rest of the body would be read as the next request
        if not self.disconnected:
            last = b"" if self.keep_alive else b"connection: close\r\n"
            length = b"content-length: %d\r\n\r\n" % len(body)
            self.protocol.transport.write(b"".join((STATUS_LINE[status], block, last, length, body)))
        self._complete()

    def write(self, data: bytes) -> None:
        """Send more of a streamed answer."""
        if data and not self.disconnected:
            self.protocol.transport.write(
                b"%x\r\n%b\r\n" % (len(data), data) if self.request.chunked else data
            )

    def finish(self, data: bytes = b"") -> None:
        """End a streamed answer, with its last bytes."""
        if not self.disconnected:
            last = b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data) if data else b"0\r\n\r\n"
            self.protocol.transport.write(last if self.request.chunked else data)
        self._complete()

    def sever(self, data: bytes) -> None:
        """Send the last bytes of a broken stream: the connection closes instead of the final chunk."""
        self.write(data)
        self.keep_alive = False
        self._complete()

    @property
    def paused(self) -> bool:
        """Whether the client reads more slowly than the answer arrives."""
        return self.protocol.flow.write_paused

    async def drained(self) -> None:
        """Wait until the client has read enough."""
        await self.protocol.flow.drain()

    def ended(self, task: asyncio.Task[None]) -> None:
        """Called when the call's task is over."""
        self.protocol.tasks.discard(task)
        self.task = None
        if self.protocol.running is self:
            self.protocol.running = None

    def _complete(self) -> None:
        self.response_complete = True
        self.protocol.answered(self)
