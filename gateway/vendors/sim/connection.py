"""The caller's connection: detects a disconnect at once, and can be reset."""

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.vendors.sim.errors import ClientLeft

EXTENSION = "signalbox.connection"  # the key of the connection in the ASGI scope's extensions
FLUSH = 5.0  # seconds that a reader has for what was written before a cut

_LINGER_NOT = struct.pack("ii", 1, 0)


class Connection:
    """One connection of a caller, for its lifetime.

    ASGI reports a disconnect only to a task that awaits `receive()`, and cannot abort a connection.
    This costs one future per wait instead of a task per stream.
    """

    __slots__ = ("_loop", "_transport", "_waiter", "lost")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiter: asyncio.Future[None] | None = None
        self.lost = False

    def end(self) -> None:
        """Mark the connection as lost, and wake the task that waits on it."""
        self.lost = True
        if self._waiter is not None:
            _wake(self._waiter)

    async def until(self, when: float) -> None:
        """Wait until that loop time. Raises `ClientLeft` as soon as the connection is lost."""
        if not self.lost:
            self._waiter = waiter = self._loop.create_future()
            timer = self._loop.call_at(when, _wake, waiter)
            try:
                await waiter
            finally:
                timer.cancel()
                self._waiter = None
        if self.lost:
            raise ClientLeft

    async def gone(self) -> None:
        """Wait until the connection is lost."""
        if not self.lost:
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    async def cut(self, *, reset: bool) -> None:
        """Flush what was written, then close the connection abruptly: by RST, or by a bare FIN."""
        deadline = self._loop.time() + FLUSH
        while self._transport.get_write_buffer_size() and self._loop.time() < deadline:
            try:
                await self.until(self._loop.time() + 0.001)
            except ClientLeft:
                return
        if self.lost:
            return
        if reset:
            self._transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT
            )
        self._transport.abort()
        # When the application returns in the middle of an answer, uvicorn checks if the connection was lost.
        await self.gone()


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class ConnectionProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol, with the connection added to each ASGI scope."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log = False  # set here because the configuration would silence the whole process
        self._connection: Connection | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._connection = Connection(transport, self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._connection is not None:
            self._connection.end()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: self._connection}  # type: ignore[dict-item]

    def abort(self) -> None:
        """Close the connection now, even in the middle of a call."""
        self.transport.abort()
