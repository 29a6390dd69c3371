"""Model calls over HTTP: parses a call, sends it along the request path, writes the answer."""

import asyncio
import logging
from collections.abc import Iterable

import msgspec

from dialects.dialect import Asked, Spoken, top_level
from dialects.errors import Malformed, VendorError
from gateway.call import Call
from gateway.door.exchange import Exchange
from gateway.endpoints.cors import cors_lines
from gateway.endpoints.faces import Face
from gateway.endpoints.reading import Heard, hear
from gateway.errors import BadRequest, CallerError, GatewayError, Header, Stopping, internal
from gateway.ids import request_id
from gateway.pipeline import answer
from gateway.services import Answering, Services
from gateway.targets.admission import PRIORITIES

log = logging.getLogger("signalbox.calls")

LEFT = 499  # nginx's status for a client that closed the connection
_JSON = b"content-type: application/json\r\n"
_ENCODE = msgspec.json.Encoder().encode


class Inference:
    """The endpoint of one path."""

    def __init__(self, face: Face, services: Services, answering: Answering = answer) -> None:
        self._answer = answering
        self._face = face
        self._operation = face.operation
        self._endpoint = face.operation.value
        self._dialect: Spoken | None = None  # None until the first call
        self._services = services

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one exchange; does not raise."""
        services, task = self._services, exchange.task
        clock, metrics = services.books.clock, services.books.metrics
        arrived, at_ms = clock.monotonic(), clock.unix_ms()
        call_id = request_id(at_ms, services.random_bits)
        self._receive(exchange, call_id)
        call: Call | None = None
        status = 200
        try:
            try:
                call = self._read(exchange, call_id, arrived, at_ms)
            except BadRequest:
                await services.keys.holder(exchange.request.heard.credential)  # without a valid key: 401
                raise
            if call.asked.stream:
                metrics.open_streams += 1
            await self._answer(call, services, exchange)
        except asyncio.CancelledError:
            status = LEFT if exchange.disconnected else self._cut_off(exchange)
        except GatewayError as error:
            status = error.status
            self._fail(exchange, error.shown(), status, error.headers)
        except Exception:  # the border: anything else is our fault, and the caller gets only the id
            log.exception("request %s failed", call_id)
            status = 500
            self._fail(exchange, internal(call_id).shown(), status)
        finally:
            if call is not None and call.asked.stream:
                metrics.open_streams -= 1
            if task is not None:
                exchange.ended(task)
        if exchange.disconnected:
            status = LEFT
        label = call.label if call is not None else ""
        metrics.answered((self._endpoint, label, status), clock.monotonic() - arrived)

    def refuse(self, exchange: Exchange, error: CallerError) -> None:
        """Answer an exchange that the door rejects."""
        services = self._services
        self._receive(exchange, request_id(services.books.clock.unix_ms(), services.random_bits))
        self._fail(exchange, error.shown(), error.status)
        services.books.metrics.requests.add((self._endpoint, "", error.status))

    def _receive(self, exchange: Exchange, call_id: str) -> None:
        settings = self._services.deployment.catalog.settings
        encoded = call_id.encode()
        # With this id `signalbox explain ID` finds the row and its trail.
        exchange.identity = b"x-request-id: %b\r\nx-signalbox-trail: %b\r\n" % (encoded, encoded)
        if self._face.id_header:
            exchange.identity += b"%b: %b\r\n" % (self._face.id_header, encoded)
        if settings.cors_origins:
            exchange.identity += cors_lines(exchange.request.headers, settings.cors_origins)
        exchange.lingers = settings.on_disconnect == "drain"

    def _read(self, exchange: Exchange, call_id: str, arrived: float, at_ms: int) -> Call:
        head = exchange.request
        heard: Heard | None = head.heard
        if heard is None:
            heard = head.heard = hear(head.headers, head.url, self._face.forwards)
        if not exchange.body:
            raise BadRequest("The request body is empty: expected a JSON object.")
        dialect = self._dialect or self._speak()
        try:
            asked = dialect.peek(exchange.body)
        except Malformed as error:
            asked = _peek_named(dialect, exchange, error)
        if head.model:
            asked = msgspec.structs.replace(asked, model=head.model)
        if self._face.stream not in (None, asked.stream):
            asked = msgspec.structs.replace(asked, stream=self._face.stream)
        return Call(
            call_id,
            self._operation,
            self._endpoint,
            dialect,
            exchange.body,
            asked,
            heard.credential,
            arrived,
            at_ms,
            self._services.deployment,
            [],
            digest=heard.digest,
            forwarded=heard.forwarded,
            headers=heard.said,
            priority=_priority(heard.said) if self._services.deployment.gated else 0,
            caller=exchange,
        )

    def _speak(self) -> Spoken:
        self._dialect = self._face.dialect
        return self._dialect

    def _cut_off(self, exchange: Exchange) -> int:
        """Report that the process is stopping; returns the status."""
        error = Stopping()
        self._fail(exchange, error.shown(), error.status)
        return error.status

    def _fail(
        self, exchange: Exchange, error: VendorError, status: int, headers: tuple[Header, ...] = ()
    ) -> None:
        """Report an error: by status, or inside a stream that has begun, which then does not end cleanly."""
        if exchange.begun:
            if not exchange.response_complete:
                last = exchange.sever if self._face.severs else exchange.finish
                last(self._speak().write_error_event(error, status))
            return
        headers += self._face.error_headers(error, status)
        block = _JSON + exchange.identity + b"".join([b"%b: %b\r\n" % header for header in headers])
        exchange.refuse(status, block, self._speak().write_error(error, status))


def _peek_named(dialect: Spoken, exchange: Exchange, error: Malformed) -> Asked:
    """The facts of a request with the model only in the path, which is then written into the body, too.

    Azure does so: https://learn.microsoft.com/azure/ai-services/openai/reference. Raises BadRequest if
    something else is wrong.
    """
    model = exchange.request.model
    try:
        if not model or error.param != "model":
            raise error
        exchange.body = _ENCODE({**top_level(exchange.body), "model": model})
        return dialect.peek(exchange.body)
    except Malformed as broken:
        raise BadRequest(broken.message, param=broken.param) from None


def _priority(headers: Iterable[Header]) -> int:
    for name, value in headers:
        if name == b"x-signalbox-priority":
            said = value.strip().lower().decode("latin-1")
            if said not in PRIORITIES:
                found = f"The header x-signalbox-priority is '{said}'"
                raise BadRequest(f"{found}; allowed: {' or '.join(PRIORITIES)}.")
            return PRIORITIES.index(said)
    return 0
