"""Model calls over HTTP: reads one, sends it down the road, writes what comes back."""

import asyncio
import logging
from contextlib import aclosing

from config.kinds import Operation
from dialects.dialect import Dialect, Malformed, VendorError
from gateway.call import Call
from gateway.departure import SCOPE_KEY, Departure
from gateway.endpoints.reading import ClientGone, Receive, Scope, Send, read_body, read_headers, required
from gateway.endpoints.writing import send_json, send_whole
from gateway.errors import BadRequest, GatewayError, Header, WrongMethod
from gateway.frames import Chunk, Head
from gateway.ids import request_id
from gateway.pipeline import answer
from gateway.services import Services

log = logging.getLogger("signalbox.calls")


class Inference:
    """One path's endpoint, a plain ASGI callable in front of the router, whose look-up costs more."""

    def __init__(self, operation: Operation, dialect: Dialect, services: Services) -> None:
        self._operation = operation
        self._dialect = dialect
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        departure: Departure = scope.get(SCOPE_KEY) or Departure()
        task = asyncio.current_task()
        assert task is not None
        departure.on_gone = task.cancel
        try:
            await self._serve(scope, receive, send, departure)
        except asyncio.CancelledError:
            if not departure.gone:
                raise
            task.uncancel()  # the client left, and everything it had opened is closed: a normal end
        except ClientGone:
            pass
        finally:
            departure.on_gone = None

    async def _serve(self, scope: Scope, receive: Receive, send: Send, departure: Departure) -> None:
        services = self._services
        clock, metrics = services.books.clock, services.books.metrics
        arrived = clock.monotonic()
        at_ms = clock.unix_ms()
        call_id = request_id(at_ms, services.random_bits)
        identity: Header = (b"x-request-id", call_id.encode())
        call: Call | None = None
        try:
            call = await self._read(scope, receive, departure, (call_id, arrived, at_ms))
            status = await self._write(call, send, identity)
        except GatewayError as error:
            status = error.status
            body = self._dialect.write_error(error.shown())
            await send_json(send, status, body, (identity, *error.headers))
        except (
            Exception
        ):  # the border: whatever is left is ours, and the caller learns only the id to ask for
            log.exception("request %s failed", call_id)
            status = 500
            await send_json(send, status, self._dialect.write_error(_internal(call_id)), (identity,))
        label = call.label if call is not None else ""
        metrics.requests.add((self._operation.value, label, str(status)))
        metrics.duration.observe((self._operation.value,), clock.monotonic() - arrived)

    async def _read(
        self, scope: Scope, receive: Receive, departure: Departure, stamps: tuple[str, float, int]
    ) -> Call:
        deployment = self._services.deployment
        if scope["method"] != "POST":
            raise WrongMethod(
                f"{scope['path']} takes POST, found {scope['method']}.", headers=((b"allow", b"POST"),)
            )
        settings = deployment.catalog.settings
        limit = settings.max_body_bytes
        envelope = read_headers(scope["headers"], limit)
        seconds = None if departure.body_complete else settings.body_timeout
        body = required(await read_body(receive, limit, seconds))
        try:
            asked = self._dialect.read_request(body)
        except Malformed as error:
            raise BadRequest(error.message, param=error.param) from None
        return Call(
            id=stamps[0],
            operation=self._operation,
            dialect=self._dialect,
            body=body,
            asked=asked,
            credential=envelope.credential,
            arrived=stamps[1],
            at_ms=stamps[2],
            deployment=deployment,
            trail=[],
        )

    async def _write(self, call: Call, send: Send, identity: Header) -> int:
        if call.asked.stream:
            return await self._stream(call, send, identity)
        body = b""
        headers: tuple[Header, ...] = ()
        async with aclosing(answer(call, self._services)) as frames:
            async for frame in frames:
                if type(frame) is Chunk:
                    body = frame.data
                elif type(frame) is Head:
                    headers = frame.headers
        await send_whole(send, 200, body, [*headers, identity])
        return 200

    async def _stream(self, call: Call, send: Send, identity: Header) -> int:
        metrics = self._services.books.metrics
        begun = False
        metrics.open_streams += 1
        try:
            async with aclosing(answer(call, self._services)) as frames:
                async for frame in frames:
                    if type(frame) is Chunk:
                        await send({"type": "http.response.body", "body": frame.data, "more_body": True})
                    elif type(frame) is Head:
                        begun = True
                        headers = [*frame.headers, identity]
                        await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return 200
        except GatewayError as error:
            if not begun:
                raise
            await self._break(send, error.shown())
            return error.status
        except Exception:  # the border once more: the status is out already, so the stream says it
            if not begun:
                raise
            log.exception("stream of request %s failed", call.id)
            await self._break(send, _internal(call.id))
            return 500
        finally:
            metrics.open_streams -= 1

    async def _break(self, send: Send, error: VendorError) -> None:
        """End a stream so that nobody takes it for complete."""
        await send({"type": "http.response.body", "body": self._dialect.write_error_event(error)})


def _internal(call_id: str) -> VendorError:
    return VendorError(
        f"Internal error; the log has more under {call_id}.", type="server_error", code="internal_error"
    )
