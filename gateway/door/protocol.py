"""uvicorn's protocol with a shortcut for model calls: no ASGI scope, no disconnect task."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any
from typing import Protocol as TypingProtocol

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from dialects.errors import VendorError
from dialects.openai.common import write_error_body
from gateway.door.attendant import Attendant
from gateway.door.exchange import Exchange
from gateway.door.head import Refrain, RequestHead, flaw, refrain
from gateway.errors import CallerError, HeadTooLarge, InvalidHttp, SlowCaller, TooLarge
from gateway.outbox import Outbox, Outgoing


class Endpoint(TypingProtocol):
    """Serves one of our paths."""

    def __call__(self, exchange: Exchange) -> Coroutine[Any, Any, None]:
        """Answer an exchange whose body is complete."""

    def refuse(self, exchange: Exchange, error: CallerError) -> None:
        """Answer an exchange whose body was not read, with the error in the path's format."""


_LOOK_SECONDS = 5.0  # between checks of a connection's age
_HEAD_SECONDS = 30.0  # within which a request head must be complete
_MOST_CHANGES = 8  # after so many differing heads in a row, none is remembered any more
_MAX_BARE_BYTES = 128 * 1024  # of a head, and of what surrounds a body, such as trailers
_CHUNK_BYTES = 9  # a chunk of one byte with its framing, or a little more
_TOO_LARGE = (
    f"The request has more than {_MAX_BARE_BYTES} bytes that are neither its head nor its body.",
    f"The request head has more than {_MAX_BARE_BYTES} bytes.",
)


@dataclass(frozen=True, slots=True)
class Door:
    """What the protocol serves itself: a POST to these paths; everything else goes to the application.

    `find` handles the paths that contain a model's name, and returns that name.
    """

    table: Mapping[bytes, Endpoint]
    find: Callable[[bytes], tuple[Endpoint, str] | None]
    max_body_bytes: Callable[[], int]
    body_seconds: Callable[[], float]
    outbox: Outbox = field(default_factory=Outbox)


class Protocol(HttpToolsProtocol):
    """One client connection. `cycle` is its current request, uvicorn's or ours."""

    cycle: Any

    def __init__(self, *args: Any, door: Door, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._door = door
        self._table = door.table
        self._limit = 0
        self._since = self.loop.time()  # when the connection last became idle, or the current request began
        self._receiving = False
        self._heading = False
        self._bare_bytes = 0  # of the current request outside its body, approximately
        self._refrain: Refrain | None = None  # the last head, if the client may be expected to repeat it
        self._changes = 0  # heads in a row that differed from the one before
        self._heads = 0  # in the data received last
        self._owed = 0  # bytes still to come of a body whose head bypassed the parser
        self._look: asyncio.TimerHandle | None = None
        self._attendant: Attendant | None = None
        self.running: Exchange | None = None  # the one being answered; `cycle` may be a later, waiting one

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Outgoing(transport, self._door.outbox))
        self._look_later()

    def data_received(self, data: bytes) -> None:
        if self._owed:
            self._more_body(data)
            return
        begins = not self._receiving
        if begins:
            known = self._refrain
            if known is not None and data.startswith(known.before) and self._again(known, data):
                return
        self._heads = 0
        self._bare_bytes += len(data)  # an earlier request's are dropped where this one's head begins
        self._unset_keepalive_if_required()
        self._parse(data)
        self._bare_bytes = max(self._bare_bytes, 0)
        if self._bare_bytes > _MAX_BARE_BYTES and self._receiving and not self.transport.is_closing():
            self._answer_and_close(HeadTooLarge(_TOO_LARGE[self._heading]))
        if begins and self._heads == 1 and type(self.cycle) is Exchange and self._changes < _MOST_CHANGES:
            self._changes += 1
            self._refrain = refrain(data, self.cycle.request)

    def _parse(self, data: bytes) -> None:
        pieces: list[bytes | memoryview] = [data]
        while pieces:
            piece = pieces.pop()
            try:
                self.parser.feed_data(piece)
            except HttpParserUpgrade as offer:
                # Java's client makes one on every plaintext connection, and a server may ignore it
                # (RFC 9110, 7.8). This parser cannot go on: a new one gets the head without it, and the rest.
                pieces += (memoryview(piece)[offer.args[0] :], self._head_without_offer())
                self.parser = HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's own
            except HttpParserError as error:
                self.logger.warning("Invalid HTTP request received.")
                ours = error.__context__  # raised by our callback, wrapped by the parser
                said = ours.message if isinstance(ours, InvalidHttp) else "Invalid HTTP request received."
                self.send_400_response(said)
                return

    def _head_without_offer(self) -> bytes:
        parser = self.parser
        first = b"%b %b HTTP/%b\r\n" % (parser.get_method(), self.url, parser.get_http_version().encode())
        lines = [b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade"]
        return b"".join((first, *lines, b"\r\n"))

    def _again(self, known: Refrain, data: bytes) -> bool:
        """Take a request whose head repeats the last but for the length; False if it must be parsed."""
        found = known.length(data)
        if found is None or not self.cycle.response_complete:
            return False
        length, start = found
        self._limit = limit = self._door.max_body_bytes()
        come = len(data) - start
        if come > length or length > limit:
            return False
        self._changes = 0
        self._since = self.loop.time()
        whole = come == length
        exchange = self.cycle = Exchange(self, known.head, True, b"", data[start:], come, whole)
        if whole:
            self._start(exchange)
        else:
            self._receiving = True
            self._owed = length - come
        return True

    def _more_body(self, data: bytes) -> None:
        """Take more of a body whose head bypassed the parser."""
        piece = data[: self._owed]
        self._owed -= len(piece)
        self.on_body(piece)
        if not self._owed:
            self.on_message_complete()
            if len(piece) < len(data):
                self.data_received(data[len(piece) :])

    def eof_received(self) -> None:
        """A client that stops mid-request gets an error: it may still be reading."""
        if self._receiving and not self.transport.is_closing():
            self._answer_and_close(InvalidHttp("The request ended before its body did."))

    def on_message_begin(self) -> None:
        # Without the ASGI scope that uvicorn makes here: only the application needs one.
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._receiving = self._heading = True
        self._bare_bytes = 0
        self._since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._heading:
            return  # trailers are ignored: everything was decided by the headers
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        url, parser = self.url, self.parser
        version = parser.get_http_version()
        if wrong := flaw(version, self.headers):
            raise InvalidHttp(wrong)
        if parser.should_upgrade():
            if parser.get_method() == b"CONNECT":
                raise InvalidHttp("This server is not a proxy.")
            return  # `_parse` will parse it again
        endpoint, model = self._table.get(url), ""
        if endpoint is None and parser.get_method() == b"POST":
            if not url.startswith(b"/"):  # absolute-form, which servers must accept, too (RFC 9112, 3.2.2)
                url = b"/" + url.partition(b"://")[2].partition(b"/")[2]
            endpoint, model = self._find(url)
        if endpoint is None or parser.get_method() != b"POST":
            self._to_application()
            self._headed()
            return
        self._headed()
        chunked = version != "1.0"
        keep_alive = chunked and parser.should_keep_alive()
        head = RequestHead(endpoint, url, model, self.headers, chunked, keep_alive)
        exchange = Exchange(self, head, keep_alive)
        before, self.cycle = self.cycle, exchange
        self._limit = self._door.max_body_bytes()
        if before is not None and not before.response_complete:
            if self.pipeline:  # one may wait without a pause, which would hide a disconnect
                self.flow.pause_reading()
            self.pipeline.appendleft((exchange, self.app))  # type: ignore[arg-type]
        elif self.expect_100_continue:
            self._expected(exchange)

    def _headed(self) -> None:
        self._heading = False
        self._bare_bytes = 0
        self._heads += 1

    def _find(self, url: bytes) -> tuple[Endpoint | None, str]:
        return self._door.find(url) or (self._table.get(url.partition(b"?")[0]), "")

    def on_body(self, body: bytes) -> None:
        self._bare_bytes -= _CHUNK_BYTES * len(body)
        exchange = self.cycle
        if type(exchange) is not Exchange:
            super().on_body(body)
        elif not exchange.response_complete:
            exchange.receive(body)
            if exchange.size > self._limit:
                if self._waits(exchange):
                    self.flow.pause_reading()  # it is refused when its turn comes
                else:
                    self._refuse_size(exchange)

    def on_message_complete(self) -> None:
        if self._heading:
            return  # not complete: the parser stops at an Upgrade header
        self._receiving = False
        exchange = self.cycle
        if type(exchange) is not Exchange:
            super().on_message_complete()
            return
        exchange.received()
        if exchange.response_complete:
            self.transport.close()  # it was refused before it was complete; now it is
        elif not self._waits(exchange):
            self._start(exchange)

    def answered(self, exchange: Exchange) -> None:
        """Called by the exchange when its answer is complete."""
        self.server_state.total_requests += 1
        if not exchange.keep_alive:
            if exchange.whole:
                self.transport.close()
            return  # else the rest is read and dropped: closing now could lose the answer
        self._since = self.loop.time()
        if self.pipeline and not self.transport.is_closing():
            self.flow.resume_reading()
            waiting, app = self.pipeline.pop()
            self._start_asgi_task(waiting, app)

    def on_response_complete(self) -> None:
        """Called by uvicorn when the application's answer is complete."""
        self._since = self.loop.time()
        super().on_response_complete()
        # `_look_at_age` closes idle connections; uvicorn's timer would also run during calls it does not see.
        self._unset_keepalive_if_required()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._look is not None:
            self._look.cancel()
            self._look = None
        if (running := self.running) is not None:
            running.disconnected = True
            if running.task is not None and not running.lingers:
                running.task.cancel()
        if self._attendant is not None:
            self._attendant.dismiss()
            self._attendant = None
        # They refer to us: these cycles would keep every connection until a garbage collection.
        self.cycle = self.running = None
        self.pipeline.clear()

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are not HTTP with an error of our own form instead of uvicorn's."""
        self._answer_and_close(InvalidHttp(msg))

    def _answer_and_close(self, error: CallerError) -> None:
        owed = self.cycle is not None and not self.cycle.response_complete
        in_body = self._receiving and not self._heading
        if self.pipeline or owed is not in_body:
            # Written now, the error would be read as the answer to an earlier request, or as part of it.
            self.transport.abort() if owed else self.transport.close()
            return
        if owed and type(self.cycle) is Exchange:
            self.cycle.request.endpoint.refuse(self.cycle, error)
        elif owed and self.cycle.response_started:
            self.transport.abort()  # the application began to answer before the whole body came
        elif self._heading and (endpoint := self._find(self.url)[0]) is not None:
            # The head broke after its first line: the path tells the caller's format.
            endpoint.refuse(Exchange(self, RequestHead(endpoint)), error)
        else:
            self._write_error(error)
        self.transport.close()

    def _write_error(self, error: CallerError) -> None:
        shown = VendorError(error.message, type="invalid_request_error", code=error.code)
        body = write_error_body(shown)
        rest = b"content-length: %d\r\n\r\n%b" % (len(body), body)
        self.transport.write(
            STATUS_LINE[error.status] + b"content-type: application/json\r\nconnection: close\r\n" + rest
        )

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        if type(cycle) is not Exchange:
            super()._start_asgi_task(cycle, app)
            return
        self._since = self.loop.time()
        if cycle.size > self._limit:
            self._refuse_size(cycle)
        elif cycle.whole:
            self._start(cycle)

    def _waits(self, exchange: object) -> bool:
        """Whether the answer to a pipelined request before this one is still owed."""
        return bool(self.pipeline) and any(exchange is waiting for waiting, _ in self.pipeline)

    def _start(self, exchange: Exchange) -> None:
        self.running = exchange
        attendant = self._attendant
        if attendant is not None and attendant.free:
            attendant.give(exchange)
        else:
            if attendant is not None:
                attendant.dismiss()  # it has answered, but is still finishing up
            attendant = self._attendant = Attendant(self.loop, exchange)
        exchange.task = attendant.task
        # Owned by the server, as uvicorn's own tasks are: it waits for these before it stops.
        self.tasks.add(attendant.task)

    def _expected(self, exchange: Exchange) -> None:
        """Answer `Expect: 100-continue`."""
        for name, value in exchange.request.headers:
            if name == b"content-length" and int(value) > self._limit:
                self._refuse_size(exchange)
                return
        self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _to_application(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.scope["headers"] = self.headers = headers
        super().on_headers_complete()

    def _refuse_size(self, exchange: Exchange) -> None:
        message = f"The request body has more than {self._limit} bytes."
        exchange.request.endpoint.refuse(exchange, TooLarge(message))

    def _look_later(self) -> None:
        seconds = min(_LOOK_SECONDS, self._door.body_seconds())
        self._look = self.loop.call_later(seconds, self._look_at_age)

    def _look_at_age(self) -> None:
        self._look_later()
        age = self.loop.time() - self._since
        exchange = self.cycle
        if self._receiving:
            self._look_at_request(age)
        elif (exchange is None or exchange.response_complete) and age > self.timeout_keep_alive:
            self.transport.close()

    def _look_at_request(self, age: float) -> None:
        exchange, seconds = self.cycle, self._door.body_seconds()
        if type(exchange) is Exchange and not exchange.whole:
            if exchange.response_complete and age > seconds:
                self.transport.close()
            elif age > seconds and not self._waits(exchange):
                message = f"The request body did not come within {seconds:g} seconds."
                exchange.request.endpoint.refuse(exchange, SlowCaller(message))
        elif age > _HEAD_SECONDS and (exchange is None or exchange.response_complete):
            self.transport.close()
