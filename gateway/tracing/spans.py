"""Turns a finished call into OpenTelemetry spans: one for the call and one for each attempt.

Attributes named `gen_ai.…` are those of https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/;
our own are named `signalbox.…`. None contains text of a request or an answer.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, set_span_in_context

from config.kinds import Operation
from gateway.call import Call, TrailStep
from gateway.tracing.road import Ending
from ledger.row import UsageRow

Attributes = dict[str, str | int | float | bool]

_OPERATIONS: Mapping[Operation, str] = MappingProxyType(
    {
        Operation.COMPLETIONS: "text_completion",
        Operation.OLLAMA_GENERATE: "text_completion",
        Operation.GENERATE_CONTENT: "generate_content",
        Operation.GENERATE_CONTENT_ARRAY: "generate_content",
        **dict.fromkeys(
            (Operation.CHAT, Operation.RESPONSES, Operation.MESSAGES, Operation.CONVERSE)
            + (Operation.COHERE_CHAT, Operation.OLLAMA_CHAT),
            "chat",
        ),
    }
)
# Kinds of vendors for which the convention has another name.
_PROVIDERS: Mapping[str, str] = MappingProxyType(
    {
        "azure-openai": "azure.ai.openai",
        "azure-ai-foundry": "azure.ai.inference",
        "bedrock": "aws.bedrock",
        "gemini": "gcp.gemini",
        "vertex-ai": "gcp.vertex_ai",
        "vertex-ai-anthropic": "gcp.vertex_ai",
        "mistral": "mistral_ai",
        "xai": "x_ai",
    }
)
_NANO = 1e-9
_MS = 1_000_000  # in nanoseconds
_FAULTS = 500  # the lowest status that is the server's fault
_PLAIN = re.compile(r"[^a-z0-9_.]+")


def tell(tracer: Tracer, parent: Context, call: Call, ending: Ending) -> None:
    """Record the spans of a finished call; the tracer's provider exports them."""
    operation = _operation(call.operation)
    span = tracer.start_span(
        f"{operation} {call.label or call.asked.model}".rstrip(),
        parent,
        SpanKind.SERVER,
        _of_call(call, operation, ending),
        start_time=call.at_ms * _MS,
    )
    for number, step in enumerate(call.trail):
        name, said = _event(step)
        span.add_event(name, said, call.at_ms * _MS + number)  # 1 ns apart: they have no times, only an order
    inside = set_span_in_context(span, parent)
    for row in call.rows or ():
        _attempt(tracer, inside, call, row, operation)
    _finish(span, ending.error, failed=ending.status >= _FAULTS, at_ns=ending.at_ns)


def _operation(operation: Operation) -> str:
    return "embeddings" if operation.embeds else _OPERATIONS.get(operation, operation.value)


def _of_call(call: Call, operation: str, ending: Ending) -> Attributes:
    found: Attributes = {
        "gen_ai.operation.name": operation,
        "gen_ai.request.model": call.asked.model,
        "http.response.status_code": ending.status,
        "signalbox.request_id": call.id,
        "signalbox.endpoint": call.endpoint,
        "signalbox.stream": call.asked.stream,
        "signalbox.attempts": call.attempts,
        "signalbox.cost_usd": call.spent * _NANO,
    }
    for name, value in (("cache", call.cache), ("guard", call.guard)):
        if value:
            found[f"signalbox.{name}"] = value
    if call.rows:
        last = call.rows[-1]
        found |= {"signalbox.team": last.team, "signalbox.key_id": last.key_id}
    if call.served is not None:
        found |= _usage(call.served)
    return found


def _event(step: TrailStep) -> tuple[str, Attributes]:
    stage, verdict, reason, numbers = step
    said: Attributes = {f"signalbox.{_PLAIN.sub('_', name.lower())}": each for name, each in numbers.items()}
    return f"signalbox.{stage.replace(' ', '_')}", {"verdict": verdict, "reason": reason, **said}


def _attempt(tracer: Tracer, inside: Context, call: Call, row: UsageRow, operation: str) -> None:
    begun = row.at_ms * _MS
    vendor = call.deployment.catalog.vendors.get(row.vendor)
    kind = row.vendor if vendor is None else vendor.kind.name
    said: Attributes = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": _PROVIDERS.get(kind, kind),
        "gen_ai.request.model": row.model_served,
        "http.response.status_code": row.http_status,
        "signalbox.target": f"{row.vendor}/{row.model_served}",
        "signalbox.status": row.status,
        "signalbox.cost_usd": row.cost * _NANO,
        "signalbox.estimated": row.estimated,
        **_usage(row),
    }
    if row.vendor_request_id:
        said["signalbox.vendor_request_id"] = row.vendor_request_id
    span = tracer.start_span(
        f"{operation} {row.model_served}", inside, SpanKind.CLIENT, said, start_time=begun + _ns(row.queue_ms)
    )
    if row.first_ms:
        span.add_event("signalbox.first_content", timestamp=begun + _ns(row.first_ms))
    failed = row.status not in ("ok", "cancelled")
    error = row.error_code or (row.status if failed else "")
    _finish(span, error, failed=failed, at_ns=begun + _ns(row.total_ms))


def _usage(row: UsageRow) -> Attributes:
    usage = row.usage
    found: Attributes = {}
    for name, tokens in (
        ("input_tokens", usage.input),
        ("output_tokens", usage.output),
        ("cache_read.input_tokens", usage.cached_read),
    ):
        if tokens:
            found[f"gen_ai.usage.{name}"] = tokens
    return found


def _finish(span: Span, error: str, *, failed: bool, at_ns: int) -> None:
    if error:
        span.set_attribute("error.type", error)
    if failed:
        span.set_status(StatusCode.ERROR)
    span.end(at_ns)


def _ns(milliseconds: float) -> int:
    return round(milliseconds * _MS)
