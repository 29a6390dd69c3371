"""Compiles `tracing`."""

from config.node import Node
from config.report import Report
from config.trace import TracingFacts
from config.trace_schema import TracingEntry
from config.vendors import secret_at

_PATH = "/v1/traces"  # https://opentelemetry.io/docs/specs/otlp/#otlphttp-request


def compile_tracing(entry: TracingEntry | None, node: Node | None, report: Report) -> TracingFacts | None:
    """None if tracing is off; mistakes go to the report."""
    if entry is None or node is None:
        return None
    url = entry.endpoint.rstrip("/")
    headers = tuple(
        (name.lower(), secret_at(node.get("headers", name), value, report))
        for name, value in entry.headers.items()
    )
    return TracingFacts(url if url.endswith(_PATH) else url + _PATH, headers, entry.share, entry.service)
