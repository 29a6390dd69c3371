"""The outer layer of every relayed request: its id, its errors, its metrics."""

import logging
from collections.abc import Awaitable, Callable

import msgspec

from config.kinds import Operation
from dialects.dialect import Asked
from dialects.errors import VendorError
from gateway.call import Call
from gateway.deployment import Deployment
from gateway.endpoints.reading import read_headers
from gateway.errors import GatewayError
from gateway.formats import SPOKEN
from gateway.ids import request_id
from gateway.relaying.caller import Caller, CallerLeft
from gateway.services import Services

log = logging.getLogger("signalbox.calls")

LEFT = 499  # nginx's status for a client that closed the connection


class Visit(msgspec.Struct):
    """One relayed request. `label` is set along the way, the rest at the start."""

    caller: Caller
    endpoint: str  # its name in rows and metrics
    id: str
    arrived: float  # monotonic seconds
    at_ms: int  # Unix milliseconds
    deployment: Deployment  # the configuration that this request keeps to its end
    label: str = ""  # its model's label in metrics

    @property
    def credential(self) -> bytes:
        """The key from the caller's headers or URL. Raises UnsupportedMedia."""
        caller = self.caller
        headers = [header for header in caller.headers if header[0] != b"content-type"]
        return read_headers(headers, b"%b?%b" % (caller.path, caller.query))

    def call(self, operation: Operation, model: str, *, stream: bool) -> Call:
        """The request as a Call, without its body and with OpenAI's format for errors."""
        return Call(
            self.id,
            operation,
            self.endpoint,
            SPOKEN[Operation.CHAT],
            b"",
            Asked(model=model, stream=stream),
            self.credential,
            self.arrived,
            self.at_ms,
            self.deployment,
            [],
        )


Answering = Callable[[Visit], Awaitable[None]]


async def serve(caller: Caller, services: Services, endpoint: str, answering: Answering) -> None:
    """Answer a request with `answering`, and report its errors to the caller; does not raise them."""
    clock, metrics = services.books.clock, services.books.metrics
    arrived, at_ms = clock.monotonic(), clock.unix_ms()
    call_id = request_id(at_ms, services.random_bits)
    visit = Visit(caller, endpoint, call_id, arrived, at_ms, services.deployment)
    caller.identity = ((b"x-request-id", call_id.encode()), (b"x-signalbox-trail", call_id.encode()))
    status = 200
    try:
        async with caller.attended():
            await answering(visit)
    except CallerLeft:
        status = LEFT
    except GatewayError as error:
        status = error.status
        await caller.fail(error.shown(), status, error.headers)
    except Exception:  # the border: anything else is our fault, and the caller gets only the id
        log.exception("request %s failed", call_id)
        status = 500
        said = f"Internal error; the log has more under {call_id}."
        await caller.fail(VendorError(said, type="server_error", code="internal_error"), status, ())
    finally:
        metrics.answered((endpoint, visit.label, status), clock.monotonic() - arrived)
