"""The client's connection as the road needs it: who left is noticed at once, without a task."""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dialects.dialect import VendorError
from dialects.openai_common import write_error_body

# Where a request finds the Departure of its connection.
SCOPE_KEY = "signalbox.departure"

# A client that has not sent a whole request head after so long is let go.
HEAD_SECONDS = 30.0


class Departure:
    """One client connection: `gone` once it is closed; `on_gone` is called then."""

    __slots__ = ("body_complete", "gone", "on_gone")

    def __init__(self) -> None:
        self.gone = False
        self.body_complete = False  # the current request has arrived whole
        self.on_gone: Callable[[], object] | None = None


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which also says at once when the client is gone.

    The standard way, a task per request that awaits `receive()`, would cost more than our whole road.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.departure = Departure()
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_late)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        departure = self.departure
        departure.body_complete = False
        self.scope[SCOPE_KEY] = departure  # type: ignore[literal-required]

    def on_headers_complete(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.departure.body_complete = True

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._head_timer is not None:
            self._head_timer.cancel()
        departure = self.departure
        departure.gone = True
        if departure.on_gone is not None:
            departure.on_gone()

    def send_400_response(self, msg: str) -> None:
        """Bytes that are not HTTP get the same kind of answer as everything else."""
        body = write_error_body(VendorError(msg, type="invalid_request_error", code="invalid_http"))
        self.transport.write(
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(body), body)
        )
        self.transport.close()

    def _head_late(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()
