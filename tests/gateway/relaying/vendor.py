"""A vendor that does what a test tells it, byte by byte, with a gateway before it on the same loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from config.discover import discover
from config.kinds import VendorKind
from config.load import load_file
from tests.gateway.inside import Here, gateway

Head = dict[str, str]


@dataclass
class Told:
    """One request as it came, as far as it has come."""

    line: str
    headers: Head
    body: bytearray = field(default_factory=bytearray)
    whole: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # whoever asked has hung up


Answer = Callable[[Told, asyncio.StreamWriter], Awaitable[None]]


class Vendor:
    """Answers each request by the next of its answers, the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.asked: list[Told] = []
        self._answers = list(answers)
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told: Told | None = None
        try:
            told = await self._read_head(reader)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            async with asyncio.TaskGroup() as tasks:
                reading = tasks.create_task(_read_body(reader, told))
                await answer(told, writer)
                await writer.drain()
                reading.cancel()
        except* (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            if told is not None:
                told.gone.set()
            writer.close()

    async def _read_head(self, reader: asyncio.StreamReader) -> Told:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.strip().split("\r\n")
        told = Told(line, {name.lower(): value for name, _, value in (each.partition(": ") for each in rest)})
        self.asked.append(told)
        return told


async def _read_body(reader: asyncio.StreamReader, told: Told) -> None:
    """The body, and after it the end of the connection."""
    if "transfer-encoding" in told.headers:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            told.body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
    else:
        told.body += await reader.readexactly(int(told.headers.get("content-length", "0")))
    told.whole.set()
    if not await reader.read(1):
        told.gone.set()


def answers(status: int, body: bytes, content_type: str = "application/json", *more: str) -> Answer:
    """A whole answer, when the request was read."""

    async def answer(told: Told, writer: asyncio.StreamWriter) -> None:
        await told.whole.wait()
        framing = [f"content-type: {content_type}", f"content-length: {len(body)}", "connection: close"]
        lines = [f"HTTP/1.1 {status} X", *framing, *more, "", ""]
        writer.write("\r\n".join(lines).encode() + body)

    return answer


def begins(first: bytes, content_type: str, *, then: bytes | None = None) -> Answer:
    """An answer that begins, then waits until the caller is gone, or breaks off after what comes `then`."""

    async def answer(told: Told, writer: asyncio.StreamWriter) -> None:
        await told.whole.wait()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ntransfer-encoding: chunked\r\n\r\n"
        writer.write(head.encode() + b"%x\r\n%b\r\n" % (len(first), first))
        if then is None:
            await told.gone.wait()
        else:
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(b"%x\r\n%b\r\n" % (len(then), then) if then else b"")

    return answer


def hasty(status: int, body: bytes) -> Answer:
    """An answer before the request has come to its end."""

    async def answer(told: Told, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)

    return answer


async def silent(told: Told, writer: asyncio.StreamWriter) -> None:
    """No answer at all, until the caller is gone."""
    await told.gone.wait()


CONFIGURATION = """\
vendors:
{vendors}
models:
  one: {{ targets: [v0/m] }}
  many: {{ targets: [v0/m]{fallback} }}
  rest: {{ targets: [{last}/m] }}
{models}
prices:
  "v0/m": {price}
server: {{ max_body: 1MB, max_upload: 20MB, body_timeout: 500ms }}
{more}
"""


@dataclass
class Line:
    """A gateway before some vendors. `one` is served by the first, `many` falls back to the last."""

    here: Here
    vendors: tuple[Vendor, ...]
    place: Path

    async def post(self, path: str, **options: Any) -> Any:
        return await self.here.client.post(path, headers=self.here.headers, timeout=20, **options)

    async def rows(self, count: int = 1) -> list[dict[str, Any]]:
        """Every row, when so many have arrived."""
        engine = create_engine(f"sqlite:///{self.place}/state/signalbox.db")
        try:
            for _ in range(300):
                with engine.connect() as connection:
                    found = connection.execute(text("SELECT * FROM usage ORDER BY attempt_id")).mappings()
                    rows = [dict(row) for row in found]
                if len(rows) >= count:
                    return rows
                await asyncio.sleep(0.02)
        finally:
            engine.dispose()
        raise AssertionError(f"{count} rows did not arrive: {rows}")


@asynccontextmanager
async def line(
    place: Path,
    *vendors: Vendor,
    more: str = "",
    kind: str = "kind: openai-like",
    models: str = "",
    price: str = "{ per: image, amount: 0.04 }",
) -> AsyncIterator[Line]:
    """The gateway, its vendors behind it as v0, v1, …, each of the kind that is written."""
    servers = [await asyncio.start_server(vendor.serve, "127.0.0.1", 0) for vendor in vendors]
    lines = []
    for number, server in enumerate(servers):
        port = server.sockets[0].getsockname()[1]
        below = "/v1" if "openai" in kind else ""
        lines.append(f"  v{number}: {{ {kind}, base_url: 'http://127.0.0.1:{port}{below}' }}")
    last = f"v{len(vendors) - 1}"
    fallback = ", fallback: [rest]" if len(vendors) > 1 else ""
    file = place / "signalbox.yaml"
    file.write_text(
        CONFIGURATION.format(
            vendors="\n".join(lines), fallback=fallback, last=last, models=models, price=price, more=more
        )
    )
    kinds = discover("gateway.vendors", "VENDOR", VendorKind)
    try:
        async with gateway(place, load=lambda: load_file(file, kinds, {})) as here:
            yield Line(here, vendors, place)
    finally:
        for server in servers:
            server.close()
