"""A model vendor with a fixed answer, cheap enough never to be the bottleneck."""

import argparse
import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import httptools
import msgspec
import orjson
import uvloop

from bench import wire

# As many headers as vendors send: reading them is part of a gateway's work.
_HEAD = (
    b"HTTP/1.1 200 OK\r\n"
    b"date: Thu, 09 Oct 2025 08:53:20 GMT\r\n"
    b"openai-organization: bench\r\n"
    b"openai-processing-ms: 12\r\n"
    b"openai-version: 2020-10-01\r\n"
    b"x-request-id: req_5f1c7f2d0b3a4e6c9d8e7f6a5b4c3d2e\r\n"
    b"x-ratelimit-limit-requests: 10000\r\n"
    b"x-ratelimit-remaining-requests: 9999\r\n"
)


def _whole(body: bytes) -> bytes:
    return b"%bcontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (_HEAD, len(body), body)


_CHAT = _whole(wire.answer())
_MESSAGES = _whole(wire.messages_answer())
_STREAM_HEAD = _HEAD + b"content-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"
_KEPT = 50_000  # broken streams to remember; a storm has fewer


class _Options(msgspec.Struct):
    include_usage: bool = False


class _Ask(msgspec.Struct):
    model: str = wire.MODEL
    stream: bool = False
    stream_options: _Options | None = None


_read_ask = msgspec.json.Decoder(_Ask).decode


@lru_cache(maxsize=32)
def _framed(chunks: int, usage: bool, messages: bool) -> tuple[bytes, ...]:
    """Every event in its own HTTP chunk; the first is preceded by the head, the last followed by the end."""
    events = wire.messages_events(chunks) if messages else wire.events(chunks, usage=usage)
    framed = [b"%x\r\n%b\r\n" % (len(event), event) for event in events]
    framed[0] = _STREAM_HEAD + framed[0]
    framed[-1] += _LAST_CHUNK
    return tuple(framed)


@dataclass(slots=True)
class Stats:
    """What the upstream has seen since its start or reset. Times are of the system's monotonic clock."""

    connections_open: int = 0
    connections_opened: int = 0
    requests: int = 0
    streams_open: int = 0
    streams_finished: int = 0
    streams_cut: int = 0
    # (request number, time its connection closed) of every stream that was cut
    cuts: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=_KEPT))

    def reset(self) -> None:
        """Resets what is over; what is open stays counted."""
        self.connections_opened = self.requests = self.streams_finished = self.streams_cut = 0
        self.cuts.clear()

    def as_json(self) -> bytes:
        names = [name for name in self.__slots__ if name != "cuts"]
        return orjson.dumps({name: getattr(self, name) for name in names} | {"cuts": list(self.cuts)})


class Connection(asyncio.Protocol):
    """One client connection; it answers each request in full before it reads the next."""

    __slots__ = (
        "_body",
        "_events",
        "_interval",
        "_loop",
        "_next",
        "_parser",
        "_stats",
        "_timer",
        "_transport",
        "_url",
        "_number",
    )

    def __init__(self, stats: Stats, loop: asyncio.AbstractEventLoop) -> None:
        self._stats = stats
        self._loop = loop
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._url = b""
        self._body: list[bytes] = []
        self._events: tuple[bytes, ...] | None = None  # of the stream being sent
        self._next = 0
        self._interval = 0.0
        self._timer: asyncio.Handle | None = None
        self._number = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports are not instances of it
        self._stats.connections_open += 1
        self._stats.connections_opened += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._stats.connections_open -= 1
        if self._timer is not None:
            self._timer.cancel()
        if self._events is not None:
            self._events = None
            self._stats.streams_open -= 1
            self._stats.streams_cut += 1
            self._stats.cuts.append((self._number, time.monotonic()))

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def on_url(self, url: bytes) -> None:
        self._url = url

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        self._body = []
        if self._url.endswith((b"/chat/completions", b"/messages")):
            self._answer(body, self._url.endswith(b"/messages"))
        elif self._url.endswith(b"/reset"):
            self._stats.reset()
            self._send_json(b"{}")
        elif self._url.endswith(b"/stats"):
            self._send_json(self._stats.as_json())
        else:
            self._send_json(b'{"object":"list","data":[{"id":"fast","object":"model","owned_by":"bench"}]}')

    def _send_json(self, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        self._transport.write(head % len(body) + body)

    def _answer(self, body: bytes, messages: bool) -> None:
        self._stats.requests += 1
        ask = _read_ask(body)
        if not ask.stream:
            self._transport.write(_MESSAGES if messages else _CHAT)
            return
        shape = wire.Shape.of(ask.model)
        usage = ask.stream_options is not None and ask.stream_options.include_usage
        self._events = _framed(shape.chunks, usage, messages)
        self._interval = shape.interval_ms / 1000
        self._next = 0
        self._number = wire.number_of(body)
        self._stats.streams_open += 1
        self._send_next()

    def _send_next(self) -> None:
        """One event, one write, one turn of the loop: the loop would merge two writes of the same turn."""
        events = self._events
        if events is None:
            return
        self._transport.write(events[self._next])
        self._next += 1
        if self._next == len(events):
            self._events = None
            self._stats.streams_open -= 1
            self._stats.streams_finished += 1
        elif self._interval:
            self._timer = self._loop.call_later(self._interval, self._send_next)
        else:
            self._timer = self._loop.call_soon(self._send_next)


async def serve(port: int, stats: Stats) -> asyncio.Server:
    """Listens on loopback; the caller closes the returned server. Port 0 takes a free one."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Connection(stats, loop), "127.0.0.1", port, backlog=4096)


async def _run(port: int) -> None:
    async with await serve(port, Stats()) as server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(parser.parse_args().port))


if __name__ == "__main__":
    main()
