"""Sets up OpenTelemetry's SDK, which exports spans in batches from a background thread."""

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
_SECONDS = 5  # timeout of an export, and of the last ones at shutdown


class CollectorTracer:
    """Sends spans to a collector. Failures are logged and never affect calls."""

    def __init__(self, facts: TracingFacts, version: str, chance: Callable[[], float]) -> None:
        headers = {name: secret.value for name, secret in facts.headers}
        self._exporter = OTLPSpanExporter(facts.url, headers=headers, timeout=_SECONDS)
        named = {"service.name": facts.service, "service.version": version}
        # `context` samples before anything is collected for a call, so the SDK records all that it is given.
        self._provider = TracerProvider(ALWAYS_ON, Resource.create(named), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("signalbox", version)
        self._read = TraceContextTextMapPropagator().extract
        self._share = facts.share
        self._chance = chance

    def context(self, call: Call) -> Context | None:
        """The caller's trace, unless its `traceparent` is not sampled; without one, a new trace, sampled."""
        carried = {name: value for name, value in call.headers if name in (_PARENT, _STATE)}
        if _PARENT in carried:
            found = self._read({name.decode(): value.decode("latin-1") for name, value in carried.items()})
            theirs = get_current_span(found).get_span_context()
            if theirs.is_valid:
                return found if theirs.trace_flags.sampled else None
        return Context() if self._chance() < self._share else None

    def tell(self, context: Context, call: Call, ending: Ending) -> None:
        """Record a finished call."""
        try:
            tell(self._tracer, context, call, ending)
        except Exception:  # a bug in tracing must not fail the call
            log.exception("the trace of request %s is lost", call.id)

    async def close(self) -> None:
        """Export remaining spans, within a few seconds."""
        sending = asyncio.ensure_future(asyncio.to_thread(self._provider.shutdown))
        if not (await asyncio.wait([sending], timeout=_SECONDS))[0]:
            give_up: Callable[[], None] = self._exporter.shutdown
            give_up()  # stops its retries
        await sending


def open_tracing(
    facts: TracingFacts, version: str, chance: Callable[[], float], stack: AsyncExitStack
) -> Trace:
    """Adds tracing to request paths. Remaining spans are exported when the stack closes."""
    tracer = CollectorTracer(facts, version, chance)
    stack.push_async_callback(tracer.close)
    return partial(Traced, tracer)
