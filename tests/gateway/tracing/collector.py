"""A collector of traces: takes OTLP over HTTP, reads it by the protocol, and keeps the spans."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

Value = str | int | float | bool


@dataclass
class Collector:
    url: str
    heads: list[bytes] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    service: dict[str, Value] = field(default_factory=dict)

    def take(self, body: bytes) -> None:
        for each in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.service = said(each.resource.attributes)
            self.spans += [span for scope in each.scope_spans for span in scope.spans]


def said(attributes: "list[KeyValue] | object") -> dict[str, Value]:
    """Attributes as what they are named and hold."""
    found: dict[str, Value] = {}
    for each in attributes:  # type: ignore[attr-defined]
        found[each.key] = getattr(each.value, each.value.WhichOneof("value"))
    return found


@asynccontextmanager
async def collector(status: int = 200) -> AsyncIterator[Collector]:
    """One that answers all exports with a status."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                here.heads.append(head)
                here.take(await reader.readexactly(size))
                writer.write(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\n\r\n" % status)
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        here = Collector(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/traces")
        yield here
