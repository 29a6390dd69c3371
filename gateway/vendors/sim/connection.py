"""The caller's connection: detects a disconnect at once, and can be reset."""

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.vendors.sim.errors import ClientLeft

EXTENSION = "signalbox.connection"  # where the ASGI scope holds the connection
FLUSH = 5.0  # seconds that a reader may take for what was written before a cut

_LINGER_NOT = struct.pack("ii", 1, 0)


class Connection:
    """One connection of a caller, for as long as it lasts.

    ASGI tells of a disconnect only to who awaits `receive()`, and has no word for an abort.
    This costs one future per wait instead of a task per stream.
    """

    __slots__ = ("_loop", "_transport", "_waiter", "lost")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiter: asyncio.Future[None] | None = None
        self.lost = False

    def end(self) -> None:
        """Note that the connection is gone, and wake who waits on it."""
        self.lost = True
        if self._waiter is not None:
            _wake(self._waiter)

    async def until(self, when: float) -> None:
        """Wait until that loop time; raise `ClientLeft` as soon as the connection is gone."""
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
        """Wait until the connection is gone."""
        if not self.lost:
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    async def cut(self, *, reset: bool) -> None:
        """Let the caller have what was written, then end the connection: by RST, or by a bare FIN."""
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
        # uvicorn looks whether the connection was lost, when the application returns amid an answer.
        await self.gone()


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class ConnectionProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, whose scopes hold the connection they came on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log = False  # here and not in the configuration, which would silence the whole process
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
        """End the connection now, whatever is under way on it."""
        self.transport.abort()
