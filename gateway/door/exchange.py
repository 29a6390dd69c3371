"""One model call over HTTP: its headers and body in, its answer out, written straight to the connection."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from gateway.errors import Header
from gateway.frames import Head

if TYPE_CHECKING:
    from gateway.door.protocol import Endpoint, Protocol

_SENT = b"HTTP/1.1 200 OK\r\n%bcontent-length: %d\r\n\r\n%b"
_SENT_LAST = b"HTTP/1.1 200 OK\r\n%bconnection: close\r\ncontent-length: %d\r\n\r\n%b"


class _NoEvent:
    """uvicorn tells its own requests of news by an event; ours are told directly."""

    def set(self) -> None:
        pass


class Exchange:
    """Stands where uvicorn's protocol keeps its current request, for the paths that are ours."""

    message_event: ClassVar[_NoEvent] = _NoEvent()

    __slots__ = (
        "_pieces",
        "_protocol",
        "begun",
        "body",
        "chunked",
        "disconnected",
        "endpoint",
        "headers",
        "identity",
        "keep_alive",
        "lingers",
        "model",
        "response_complete",
        "size",
        "task",
        "url",
        "whole",
    )

    def __init__(
        self,
        protocol: "Protocol",
        endpoint: "Endpoint",
        headers: list[Header],
        chunked: bool,
        keep_alive: bool,
    ) -> None:
        self._protocol = protocol
        self.endpoint = endpoint
        self.headers = headers
        self.url = b""  # path and query
        self.model = ""  # where the path names it
        self.identity = b""  # header lines that every answer of this exchange carries
        self.chunked = chunked  # the client can read a streamed answer in chunks
        self.keep_alive = keep_alive
        self.body = b""
        self.size = 0  # bytes of the body that came
        self.whole = False  # the request has come to its end
        self.begun = False  # something of the answer was sent
        self.response_complete = False
        self.disconnected = False  # the client has left
        self.lingers = False  # whether the call goes on then, for the vendor's word on what it cost
        self.task: asyncio.Task[None] | None = None
        self._pieces: list[bytes] = []

    def receive(self, piece: bytes) -> None:
        """A piece of the body."""
        self.size += len(piece)
        if not self.body:
            self.body = piece
        else:
            self._pieces.append(piece)

    def received(self) -> None:
        """The body came to its end."""
        self.whole = True
        if self._pieces:
            self.body = b"".join((self.body, *self._pieces))
            self._pieces.clear()

    def begin(self, head: Head, data: bytes) -> None:
        """Status 200, headers, and the whole body or its first bytes."""
        if self.begun:  # its caller was told to wait
            self.write(data)
            return
        self.begun = True
        block = head.block + self.identity
        if head.whole:
            if not self.disconnected:
                form = _SENT if self.keep_alive else _SENT_LAST
                self._protocol.transport.write(form % (block, len(data), data))
            self._complete()
        elif not self.disconnected:
            self._protocol.transport.write(b"HTTP/1.1 200 OK\r\n" + block + self._first(data))

    def hold(self, head: Head, data: bytes) -> None:
        """Status 200, headers, and something that says nothing; again, that alone."""
        self.begin(head, data)

    def _first(self, data: bytes) -> bytes:
        """A streamed answer's framing and first bytes."""
        if not self.chunked:  # HTTP/1.0 knows no chunks: the end of the connection ends the answer
            self.keep_alive = False
            return b"connection: close\r\n\r\n" + data
        last = b"" if self.keep_alive else b"connection: close\r\n"
        if not data:  # an empty chunk would be the end
            return b"%btransfer-encoding: chunked\r\n\r\n" % last
        return b"%btransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (last, len(data), data)

    def end(self) -> None:
        """The answer is complete."""
        if not self.response_complete:
            self.finish()

    def refuse(self, status: int, block: bytes, body: bytes) -> None:
        """A whole answer with another status."""
        self.begun = True
        if not self.whole:
            self.keep_alive = False  # what is still on its way cannot be told from a next request
        if not self.disconnected:
            last = b"" if self.keep_alive else b"connection: close\r\n"
            length = b"content-length: %d\r\n\r\n" % len(body)
            self._protocol.transport.write(b"".join((STATUS_LINE[status], block, last, length, body)))
        self._complete()

    def write(self, data: bytes) -> None:
        """More of a streamed answer."""
        if data and not self.disconnected:
            self._protocol.transport.write(b"%x\r\n%b\r\n" % (len(data), data) if self.chunked else data)

    def finish(self, data: bytes = b"") -> None:
        """The end of a streamed answer, with its last bytes."""
        if not self.disconnected:
            last = b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data) if data else b"0\r\n\r\n"
            self._protocol.transport.write(last if self.chunked else data)
        self._complete()

    def sever(self, data: bytes) -> None:
        """The last bytes of a streamed answer, whose end never comes: the connection ends instead."""
        self.write(data)
        self.keep_alive = False
        self._complete()

    @property
    def paused(self) -> bool:
        """The client takes what is sent more slowly than it comes."""
        return self._protocol.flow.write_paused

    async def drained(self) -> None:
        """Until the client has taken enough."""
        await self._protocol.flow.drain()

    def abort(self) -> None:
        """Break the connection off: the client must not take what it has for an answer."""
        self._protocol.transport.abort()

    def ended(self, task: asyncio.Task[None]) -> None:
        """The call's task is over."""
        self._protocol.tasks.discard(task)
        self.task = None
        if self._protocol.running is self:
            self._protocol.running = None

    def _complete(self) -> None:
        self.response_complete = True
        self._protocol.answered(self)
