"""What clients say at the door, and the scripts that answer them."""

import asyncio
import json

from gateway.door.exchange import Exchange
from gateway.frames import Head

PLAIN = b"content-type: text/plain\r\n"


def post(body: bytes, *headers: bytes, version: bytes = b"1.1", path: bytes = b"/ours") -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    return b"POST %b HTTP/%b\r\nhost: x\r\ncontent-length: %d\r\n%b\r\n%b" % (
        path,
        version,
        len(body),
        lines,
        body,
    )


GET = b"GET /app/7 HTTP/1.1\r\nhost: x\r\n\r\n"


async def echo(exchange: Exchange) -> None:
    """Answers with the body, whole or, when the body says so, as a stream of its letters."""
    body = exchange.body
    if body.startswith(b"stream"):
        exchange.begin(Head(PLAIN, whole=False), b"")
        for place in range(len(body)):
            await asyncio.sleep(0)
            exchange.write(body[place : place + 1])
    else:
        await asyncio.sleep(0.001 * body.count(b"slow"))
        exchange.begin(Head(PLAIN, whole=True), body)
    exchange.end()


def code(body: bytes) -> str:
    return str(json.loads(body)["error"]["code"])


class Gate:
    """A script whose first call waits until it is let go; the others echo."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.streams = False

    async def __call__(self, exchange: Exchange) -> None:
        if exchange.body == b"first":
            if self.streams:
                exchange.begin(Head(PLAIN, whole=False), b"a")
            await self.open.wait()
            if self.streams:
                exchange.write(b"z")
            else:
                exchange.begin(Head(PLAIN, whole=True), b"az")
            exchange.end()
        else:
            await echo(exchange)
