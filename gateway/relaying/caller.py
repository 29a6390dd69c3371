"""One relayed request over ASGI: its body in, its answer out, its disconnect noticed."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from starlette.types import Message, Receive, Scope, Send

from dialects.errors import VendorError
from dialects.openai.common import write_error_body
from dialects.sse import event
from gateway.endpoints.askers import read_at
from gateway.errors import Header, SlowCaller, Stopping, TooLarge


class CallerLeft(Exception):
    """The caller has disconnected."""


class Caller:
    """One request. `limit` is the maximum size of its body in bytes, `patience` the maximum number of seconds
    between two pieces of it.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers: list[Header] = scope["headers"]
        self.method: str = scope["method"]
        self.path: bytes = scope["raw_path"]  # as received: percent-encoded, without the query
        self.query: bytes = scope["query_string"]
        self.named: dict[str, str] = scope.get("path_params", {})  # the route's path parameters
        self.identity: tuple[Header, ...] = ()  # headers of every answer
        self.limit = 0
        self.patience = 0.0
        self.begun = False  # part of the answer was sent
        self.complete = False
        self.left = False
        self._receive = receive
        self._send = send
        self._received = 0
        self._back: list[bytes] = []
        self._whole = asyncio.Event()  # the body was read, or is not needed any more
        self._events = False
        self._task: asyncio.Task[object] | None = None

    def header(self, name: bytes) -> bytes:
        """The first value of a header; b"" if there is none."""
        return next((value for key, value in self.headers if key == name), b"")

    @asynccontextmanager
    async def attended(self) -> AsyncIterator[None]:
        """Cancels the block as soon as the caller disconnects, and then raises CallerLeft.

        If the block is cancelled for another reason, raises Stopping.
        """
        task = self._task = asyncio.current_task()
        # A task, because the block may be waiting when the caller disconnects; it ends with this function.
        watch = asyncio.get_running_loop().create_task(self._watched())
        watch.add_done_callback(self._gone)
        try:
            yield
        except asyncio.CancelledError:
            if task is not None:
                task.uncancel()
            raise (CallerLeft if self.left else Stopping)() from None
        finally:
            self._task = None
            watch.cancel()

    async def next(self) -> bytes:
        """The next piece of the body, b"" at its end.

        Raises CallerLeft, SlowCaller, TooLarge.
        """
        if self._back:
            return self._back.pop(0)
        if not self._received and int(self.header(b"content-length") or 0) > self.limit:
            raise self._too_large()  # before the body is sent
        while not self._whole.is_set():
            try:
                async with asyncio.timeout(self.patience):
                    message = await self._receive()
            except TimeoutError:
                raise SlowCaller(
                    f"No more of the request body arrived within {self.patience:g} seconds."
                ) from None
            if piece := self._taken(message):
                return piece
        return b""

    def put_back(self, *pieces: bytes) -> None:
        """Make `next` return these pieces again, before the rest."""
        self._back = [piece for piece in (*pieces, *self._back) if piece]

    def unread(self) -> None:
        """The rest of the body is not needed: from now on only a disconnect is watched for."""
        self._whole.set()

    async def begin(self, status: int, headers: Iterable[Header]) -> None:
        """Send the answer's status and headers."""
        self.begun = True
        pairs = [*headers, *self.identity]
        self._events = any(
            name == b"content-type" and value.startswith(b"text/event-stream") for name, value in pairs
        )
        await self._send({"type": "http.response.start", "status": status, "headers": pairs})

    async def write(self, data: bytes) -> None:
        """Send more of the answer; waits while the caller reads slowly."""
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        """Send the last of the answer."""
        self.complete = True
        await self._send({"type": "http.response.body", "body": data})

    async def fail(self, error: VendorError, status: int, headers: Iterable[Header]) -> None:
        """Report an error: by status, in its path's format, or inside a stream of events that has begun.

        Such a stream then does not end cleanly. Any other answer that has begun is left incomplete, and its
        connection is closed.
        """
        if not self.begun:
            body = read_at(self.path.decode("latin-1"), self.headers).dialect.write_error(error, status)
            kept = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
            await self.begin(status, [*kept, *headers])
            await self.end(body)
        elif self._events and not self.complete:
            await self.end(event(write_error_body(error)))

    def _taken(self, message: Message) -> bytes:
        if message["type"] == "http.disconnect":
            self.left = True
            raise CallerLeft
        piece: bytes = message.get("body", b"")
        self._received += len(piece)
        if self._received > self.limit:
            raise self._too_large()
        if not message.get("more_body", False):
            self._whole.set()
        return piece

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The request body has more than {self.limit} bytes.")

    async def _watched(self) -> None:
        await self._whole.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass  # discard the rest of the body
        self.left = not self.complete

    def _gone(self, watch: "asyncio.Task[None]") -> None:
        if self.left and self._task is not None and not watch.cancelled():
            self._task.cancel()
