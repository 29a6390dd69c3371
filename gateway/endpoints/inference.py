"""Model calls over HTTP: reads one, sends it down the road, writes what comes back."""

import asyncio
import logging
from contextlib import aclosing

from config.kinds import Operation
from dialects.dialect import Dialect, Malformed, VendorError
from gateway.call import Call
from gateway.door.exchange import Exchange
from gateway.endpoints.reading import read_headers
from gateway.errors import BadRequest, GatewayError, Header
from gateway.ids import request_id
from gateway.pipeline import answer
from gateway.services import Services

log = logging.getLogger("signalbox.calls")

_JSON = b"content-type: application/json\r\n"


class Inference:
    """One path's endpoint."""

    def __init__(self, operation: Operation, dialect: Dialect, services: Services) -> None:
        self._operation = operation
        self._dialect = dialect
        self._services = services
        self._endpoint_labels = (operation.value,)

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one exchange; raises nothing."""
        task = exchange.task
        services = self._services
        clock = services.books.clock
        arrived, at_ms = clock.monotonic(), clock.unix_ms()
        call_id = request_id(at_ms, services.random_bits)
        try:
            label, status = await self._answer(exchange, (call_id, arrived, at_ms))
        except asyncio.CancelledError:
            if not exchange.disconnected:  # the process stops and could not wait any longer
                exchange.abort()
            return
        except (
            Exception
        ):  # the border: whatever is left is ours, and the caller learns only the id to ask for
            log.exception("request %s failed", call_id)
            label, status = "", 500
            self._fail(exchange, call_id, _internal(call_id), status)
        finally:
            if task is not None:
                exchange.ended(task)
        metrics = services.books.metrics
        metrics.requests.add((self._operation.value, label, str(status)))
        metrics.duration.observe(self._endpoint_labels, clock.monotonic() - arrived)

    async def _answer(self, exchange: Exchange, stamps: tuple[str, float, int]) -> tuple[str, int]:
        """Metric label and status of what was answered."""
        label = ""
        try:
            call = self._read(exchange, stamps)
            try:
                if call.asked.stream:
                    await self._stream(call, exchange)
                else:
                    await self._whole(call, exchange)
            finally:
                label = call.label
            return label, 200
        except GatewayError as error:
            self._fail(exchange, stamps[0], error.shown(), error.status, error.headers)
            return label, error.status

    def _read(self, exchange: Exchange, stamps: tuple[str, float, int]) -> Call:
        credential = read_headers(exchange.headers)
        if not exchange.body:
            raise BadRequest("The request body is empty: expected a JSON object.")
        try:
            asked = self._dialect.read_request(exchange.body)
        except Malformed as error:
            raise BadRequest(error.message, param=error.param) from None
        call_id, arrived, at_ms = stamps
        return Call(
            id=call_id,
            operation=self._operation,
            dialect=self._dialect,
            body=exchange.body,
            asked=asked,
            credential=credential,
            arrived=arrived,
            at_ms=at_ms,
            deployment=self._services.deployment,
            trail=[],
        )

    async def _whole(self, call: Call, exchange: Exchange) -> None:
        async with aclosing(answer(call, self._services)) as frames:
            async for frame in frames:
                if frame.head is not None:
                    exchange.answer(frame.head.block + _identity(call.id), frame.data)

    async def _stream(self, call: Call, exchange: Exchange) -> None:
        metrics = self._services.books.metrics
        metrics.open_streams += 1
        try:
            async with aclosing(answer(call, self._services)) as frames:
                async for frame in frames:
                    if exchange.paused:
                        await exchange.drained()
                    if frame.head is None:
                        exchange.write(frame.data)
                    else:
                        exchange.begin(frame.head.block + _identity(call.id), frame.data)
            exchange.finish()
        finally:
            metrics.open_streams -= 1

    def _fail(
        self,
        exchange: Exchange,
        call_id: str,
        error: VendorError,
        status: int,
        headers: tuple[Header, ...] = (),
    ) -> None:
        """Say what went wrong: by a status, or inside a stream, which then has no clean end."""
        if exchange.begun:
            if not exchange.response_complete:
                exchange.finish(self._dialect.write_error_event(error))
            return
        block = _JSON + _identity(call_id) + b"".join(b"%b: %b\r\n" % header for header in headers)
        exchange.refuse(status, block, self._dialect.write_error(error))


def _identity(call_id: str) -> bytes:
    # The id finds the row and its trail: `signalbox explain ID`.
    return b"x-request-id: %b\r\nx-signalbox-trail: %b\r\n" % (encoded := call_id.encode(), encoded)


def _internal(call_id: str) -> VendorError:
    return VendorError(
        f"Internal error; the log has more under {call_id}.", type="server_error", code="internal_error"
    )
