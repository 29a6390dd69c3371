"""Wraps the request path and reports each finished call to a tracer."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from gateway.call import Call
from gateway.errors import GatewayError
from gateway.frames import Sink
from gateway.services import Answering, Services

LEFT = 499  # nginx's number for a caller that left
_NS_PER_MS, _NS_PER_SECOND = 1_000_000, 1_000_000_000

Trace = Callable[[Answering], Answering]  # adds tracing to a request path


class Ending(NamedTuple):
    """How a call ended: its time, HTTP status, and error code, which is "" without an error."""

    at_ns: int  # Unix time
    status: int
    error: str


class Tracer(Protocol):
    """Decides which calls are traced, and records them."""

    def context(self, call: Call) -> Any:
        """The parent context of the call's spans; None: this call is not traced."""

    def tell(self, context: Any, call: Call, ending: Ending) -> None:
        """Record a finished call; never raises."""


class Traced:
    """A request path with tracing. Nothing is collected for calls that the tracer does not want."""

    def __init__(self, tracer: Tracer, road: Answering) -> None:
        self._tracer = tracer
        self._road = road

    async def __call__(self, call: Call, services: Services, caller: Sink) -> None:
        """Answers the call as the wrapped path does, and raises what it raises."""
        context = self._tracer.context(call)
        if context is None:
            return await self._road(call, services, caller)
        call.rows = []
        status, error = 200, ""
        try:
            await self._road(call, services, caller)
        except GatewayError as raised:
            status, error = raised.status, raised.code
            raise
        except asyncio.CancelledError:
            status, error = LEFT, "cancelled"
            raise
        except Exception:
            status, error = 500, GatewayError.code
            raise
        finally:
            took = services.books.clock.monotonic() - call.arrived
            at_ns = call.at_ms * _NS_PER_MS + round(took * _NS_PER_SECOND)
            self._tracer.tell(context, call, Ending(at_ns, status, error))
