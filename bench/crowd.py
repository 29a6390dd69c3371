"""Many open streams at once: held to measure their memory, or cut to see what remains."""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import cast

import httptools
import msgspec
import uvloop

from bench import wire
from bench.client import EventCounter, Job, head

OPEN_SECONDS = 180.0  # for the streams of one wave to begin
_CONNECTING = 100  # at a time: fewer than any server's backlog


class Crowd(msgspec.Struct, frozen=True):
    """Which streams to open, and how many at once: then cut, or held until standard input ends."""

    job: Job
    streams: int
    at_once: int
    hold: bool = False


class Cuts(msgspec.Struct, frozen=True):
    """When each stream was cut, by number; times of the system's monotonic clock."""

    at: dict[int, float]


class CrowdFailed(Exception):
    """Streams did not begin, or ended before they were cut."""


class Stream(asyncio.Protocol):
    """One open stream; it has begun when its first event has arrived."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._parser = httptools.HttpResponseParser(self)
        self._counter = EventCounter()
        self._transport: asyncio.Transport
        self.cut_at = 0.0
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports are not instances of it
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self.begun.done():
            self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._counter.feed(body)
        if self._counter.events and not self.begun.done():
            self.begun.set_result(None)

    def on_message_complete(self) -> None:
        self._refuse(f"status {self._parser.get_status_code()}: the answer ended before its first event")

    def connection_lost(self, exc: Exception | None) -> None:
        self._refuse("the server closed the connection before the first event")

    def _refuse(self, why: str) -> None:
        if not self.begun.done():
            self.begun.set_exception(CrowdFailed(why))

    @property
    def alive(self) -> bool:
        return not self._transport.is_closing()

    def cut(self) -> None:
        """Disconnects abruptly, like a client that was killed."""
        self.cut_at = time.monotonic()
        self._transport.abort()


async def opened(crowd: Crowd, first: int, count: int) -> dict[int, Stream]:
    """Opens `count` streams, and returns them by number when all have begun. Raises CrowdFailed."""
    loop = asyncio.get_running_loop()
    streams: dict[int, Stream] = {}
    for start in range(first, first + count, _CONNECTING):
        numbers = range(start, min(start + _CONNECTING, first + count))
        made = [
            loop.create_connection(_maker(crowd.job, number), "127.0.0.1", crowd.job.port)
            for number in numbers
        ]
        streams |= zip(numbers, [protocol for _, protocol in await asyncio.gather(*made)], strict=True)
        async with asyncio.timeout(OPEN_SECONDS):
            await asyncio.gather(*(streams[number].begun for number in numbers))
    return streams


def _maker(job: Job, number: int) -> Callable[[], Stream]:
    body = wire.request(job.model, job.prompt_bytes, stream=True, number=number)
    return lambda: Stream(head(job, len(body)) + body)


async def storm(crowd: Crowd) -> Cuts:
    """Opens and cuts wave after wave. Raises CrowdFailed."""
    at: dict[int, float] = {}
    for first in range(0, crowd.streams, crowd.at_once):
        wave = await opened(crowd, first, min(crowd.at_once, crowd.streams - first))
        gone = sum(not stream.alive for stream in wave.values())
        if gone:
            raise CrowdFailed(f"{gone} of {len(wave)} streams ended before they were cut")
        for stream in wave.values():
            stream.cut()
        at |= {number: stream.cut_at for number, stream in wave.items()}
    return Cuts(at)


async def hold(crowd: Crowd) -> None:
    """Opens all streams, reports so on standard output, and cuts them when standard input ends."""
    streams = await opened(crowd, 0, crowd.streams)
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for stream in streams.values():
        stream.cut()


async def _run(crowd: Crowd) -> None:
    if crowd.hold:
        await hold(crowd)
    else:
        sys.stdout.buffer.write(msgspec.json.encode(await storm(crowd)))


def main() -> None:
    """Reads a crowd from the first argument, as JSON."""
    crowd = msgspec.json.decode(sys.argv[1], type=Crowd)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(crowd))


if __name__ == "__main__":
    main()
