"""The bare relay: the least that a gateway in Python can do, the floor for all measurements.

It reads the requested model, forwards the body over a kept-alive connection and passes the answer on as it
arrives. No keys, limits, ledger, metrics, deadlines or backpressure, and no check whether the client is still
connected. Nothing in it is slow on purpose.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

import httptools
import msgspec
import uvicorn

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class _Ask(msgspec.Struct):
    model: str
    stream: bool = False


_read_ask = msgspec.json.Decoder(_Ask).decode
_HEAD = b"POST %b HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"


class UpstreamLost(ConnectionError):
    """The upstream connection closed before the answer was complete."""


class UpstreamConnection(asyncio.Protocol):
    """A kept-alive connection that carries one exchange at a time."""

    __slots__ = ("_loop", "_parser", "_pieces", "_transport", "_waiter", "done", "headers", "lost", "status")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport
        self._waiter: asyncio.Future[None] | None = None
        self._pieces: list[bytes] = []
        self._parser = httptools.HttpResponseParser(self)
        self.headers: list[tuple[bytes, bytes]] = []
        self.status = 0  # 0: the head has not arrived
        self.done = False
        self.lost = False

    def ask(self, head: bytes, body: bytes) -> None:
        """Starts an exchange."""
        self.headers = []
        self.status = 0
        self.done = False
        self._transport.writelines((head, body))

    async def read(self) -> bytes:
        """The body bytes that arrived since the last read; waits if there are none."""
        while not (self._pieces or self.done):
            if self.lost:
                raise UpstreamLost("the upstream closed the connection in the middle of its answer")
            self._waiter = self._loop.create_future()
            await self._waiter
        pieces, self._pieces = self._pieces, []
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def close(self) -> None:
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports are not instances of it

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._wake()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()
            return
        if self._pieces or self.done:
            self._wake()

    def on_header(self, name: bytes, value: bytes) -> None:
        lowered = name.lower()
        if lowered == b"content-type" or lowered == b"content-length":
            self.headers.append((lowered, value))

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)

    def on_message_complete(self) -> None:
        self.done = True
        if not self._parser.should_keep_alive():
            self.lost = True

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Relay:
    """An ASGI application that forwards every request to one upstream on loopback."""

    def __init__(self, upstream_port: int) -> None:
        self._port = upstream_port
        self._idle: list[UpstreamConnection] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read_body(receive)
        try:
            _read_ask(body)
        except msgspec.MsgspecError:
            await _refuse(send, 400, b"the body is not a chat request: JSON with a model")
            return
        connection = await self._connect()
        try:
            connection.ask(_HEAD % (scope["raw_path"], len(body)), body)
            piece = await connection.read()
            await send(
                {"type": "http.response.start", "status": connection.status, "headers": connection.headers}
            )
            while not connection.done:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await connection.read()
            await send({"type": "http.response.body", "body": piece})
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    def close(self) -> None:
        """Closes the idle connections."""
        for kept in self._idle:
            kept.close()

    async def _connect(self) -> UpstreamConnection:
        while self._idle:
            kept = self._idle.pop()
            if not kept.lost:
                return kept
        loop = asyncio.get_running_loop()
        _, fresh = await loop.create_connection(lambda: UpstreamConnection(loop), "127.0.0.1", self._port)
        return fresh


async def _read_body(receive: Receive) -> bytes:
    message = await receive()
    if not message.get("more_body"):
        return bytes(message.get("body", b""))
    pieces = [message["body"]]
    while message.get("more_body"):
        message = await receive()
        pieces.append(message.get("body", b""))
    return b"".join(pieces)


async def _refuse(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream-port", type=int, required=True)
    options = parser.parse_args()
    uvicorn.run(
        Relay(options.upstream_port),
        port=options.port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        ws="none",
        access_log=False,
        server_header=False,
        date_header=False,
        log_level="critical",
        backlog=4096,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
