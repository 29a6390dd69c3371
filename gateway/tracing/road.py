"""A road that tells of calls, once they are over."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from gateway.call import Call
from gateway.errors import GatewayError
from gateway.frames import Sink
from gateway.services import Answering, Services

LEFT = 499  # nginx's number for a caller that left
_NS_PER_MS, _NS_PER_SECOND = 1_000_000, 1_000_000_000

Trace = Callable[[Answering], Answering]  # a road with traces of its calls


class Ending(NamedTuple):
    """How a call ended: when, with which status, and by which error's code; "" where by none."""

    at_ns: int  # Unix time
    status: int
    error: str


class Tracer(Protocol):
    """Who is told of calls."""

    def context(self, call: Call) -> Any:
        """Where the call belongs; None: nothing is told of this one."""

    def tell(self, context: Any, call: Call, ending: Ending) -> None:
        """The call is over; raises nothing."""


class Traced:
    """The road, with a trace of those calls that the tracer wants; of the others nothing is kept."""

    def __init__(self, tracer: Tracer, road: Answering) -> None:
        self._tracer = tracer
        self._road = road

    async def __call__(self, call: Call, services: Services, caller: Sink) -> None:
        """What the road does, and raises."""
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
