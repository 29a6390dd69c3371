"""Opens what sends traces: OpenTelemetry's own SDK, which batches and sends in a thread of its own."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from config.trace import TracingFacts
from gateway.call import Call
from gateway.tracing.road import Ending, Trace, Traced
from gateway.tracing.spans import tell

log = logging.getLogger("signalbox.tracing")

_PARENT, _STATE = b"traceparent", b"tracestate"  # https://www.w3.org/TR/trace-context/
_SECONDS = 5  # for one export, and for the last one at the end


class CollectorTracer:
    """A tracer whose spans go to a collector. Whatever fails there is logged, and no call notices."""

    def __init__(self, facts: TracingFacts, version: str, chance: Callable[[], float]) -> None:
        headers = {name: secret.value for name, secret in facts.headers}
        self._exporter = OTLPSpanExporter(facts.url, headers=headers, timeout=_SECONDS)
        named = {"service.name": facts.service, "service.version": version}
        # What is sent is chosen here, before anything is kept of a call: the SDK takes all that it is given.
        self._provider = TracerProvider(ALWAYS_ON, Resource.create(named), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("signalbox", version)
        self._read = TraceContextTextMapPropagator().extract
        self._share = facts.share
        self._chance = chance

    def context(self, call: Call) -> Context | None:
        """The caller's own trace where it sends one and records it; else a new one, of a share of calls."""
        carried = {name: value for name, value in call.headers if name in (_PARENT, _STATE)}
        if _PARENT in carried:
            found = self._read({name.decode(): value.decode("latin-1") for name, value in carried.items()})
            theirs = get_current_span(found).get_span_context()
            if theirs.is_valid:
                return found if theirs.trace_flags.sampled else None
        return Context() if self._chance() < self._share else None

    def tell(self, context: Context, call: Call, ending: Ending) -> None:
        """Hand a finished call's spans to the thread that sends them."""
        try:
            tell(self._tracer, context, call, ending)
        except Exception:  # of a library that no call's answer depends on
            log.exception("the trace of request %s is lost", call.id)

    async def close(self) -> None:
        """Send what is left, for some seconds at most."""
        sending = asyncio.ensure_future(asyncio.to_thread(self._provider.shutdown))
        if not (await asyncio.wait([sending], timeout=_SECONDS))[0]:
            give_up: Callable[[], None] = self._exporter.shutdown
            give_up()  # it tries again no more
        await sending


def open_tracing(
    facts: TracingFacts, version: str, chance: Callable[[], float], stack: AsyncExitStack
) -> Trace:
    """What puts traces on roads; the last ones are sent when the stack is closed."""
    tracer = CollectorTracer(facts, version, chance)
    stack.push_async_callback(tracer.close)
    return partial(Traced, tracer)
