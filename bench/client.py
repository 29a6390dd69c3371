"""The built-in load generator: a separate process that keeps connections busy and checks answers."""

import asyncio
import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import cast

import httptools
import msgspec
import uvloop

from bench import wire

GRACE_SECONDS = 60.0  # for calls in flight to end once the time is over


class Job(msgspec.Struct, frozen=True):
    """What to send, where, and for how long."""

    port: int
    seconds: float
    connections: int
    model: str = wire.MODEL
    prompt_bytes: int = 1024
    stream: bool = False
    path: str = wire.PATH
    headers: dict[str, str] = {}
    first: int = 0  # number of the first request
    same: bool = False  # every request is the first one again

    @property
    def body(self) -> bytes:
        return wire.request(self.model, self.prompt_bytes, stream=self.stream)


class Load(msgspec.Struct, frozen=True):
    """A job's results. Latencies are of whole calls, from the first byte written to the last byte read."""

    calls: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: dict[str, int]  # by cause
    events: int = 0  # server-sent events, end marker included
    reads: int = 0  # socket reads in which they arrived

    @property
    def per_second(self) -> float:
        return self.calls / self.seconds if self.seconds else 0.0


class EventCounter:
    """Counts the `data:` lines of a stream, however the network splits it."""

    __slots__ = ("_last", "events")

    _NEEDLE = b"\ndata:"
    _KEPT = 32  # enough to recognise the end marker

    def __init__(self) -> None:
        self.events = 0
        self._last = b"\n"

    def feed(self, piece: bytes) -> None:
        # One byte less than the needle is carried over, so that none is missed or counted twice.
        self.events += (self._last[1 - len(self._NEEDLE) :] + piece).count(self._NEEDLE)
        self._last = (self._last + piece)[-self._KEPT :]

    @property
    def finished(self) -> bool:
        """Whether the end marker came last. Call it when the body is complete."""
        return self._last.rstrip().endswith(wire.DONE.rstrip())


class Tally:
    """The sums over all connections of one run."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.clock = clock
        self.latencies: list[float] = []
        self.errors: Counter[str] = Counter()
        self.events = 0
        self.reads = 0

    def load(self, seconds: float) -> Load:
        """The results of a run that took this long."""
        ordered = sorted(self.latencies)
        return Load(
            calls=len(ordered),
            seconds=seconds,
            p50_ms=percentile(ordered, 50) * 1000,
            p99_ms=percentile(ordered, 99) * 1000,
            errors=dict(self.errors),
            events=self.events,
            reads=self.reads,
        )


def percentile(ordered: list[float], percent: float) -> float:
    """The nearest-rank percentile of sorted values; 0 if there are none."""
    if not ordered:
        return 0.0
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(rank) - 1)]


class Caller(asyncio.Protocol):
    """One connection that sends the next call after each answer, until the time is over."""

    def __init__(self, job: Job, numbers: Iterator[int], tally: Tally, until: float) -> None:
        self._job = job
        self._before, self._after = wire.around_number(head(job, len(job.body)) + job.body)
        self._numbers = numbers
        self._tally = tally
        self._until = until
        self._parser = httptools.HttpResponseParser(self)
        self._counter = EventCounter()
        self._body: list[bytes] = []
        self._sent_at = 0.0
        self._transport: asyncio.Transport
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports are not instances of it
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done():
            self._fail("the server closed the connection before its answer was complete")

    def data_received(self, data: bytes) -> None:
        self._tally.reads += 1
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"not HTTP: {error}")

    def on_body(self, body: bytes) -> None:
        if self._job.stream:
            self._counter.feed(body)
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        fault = self._fault()
        if fault:
            self._fail(fault)
            return
        now = self._tally.clock()
        self._tally.latencies.append(now - self._sent_at)
        self._tally.events += self._counter.events
        if now < self._until and self._parser.should_keep_alive():
            self._send()
        else:
            self._finish()

    def give_up(self) -> None:
        """Counts a call still in flight as an error."""
        if not self.over.done():
            self._fail(f"no complete answer {GRACE_SECONDS:.0f} s after the end of the run")

    def _send(self) -> None:
        self._counter = EventCounter()
        self._body = []
        self._sent_at = self._tally.clock()
        self._transport.write(b"%b%010d%b" % (self._before, next(self._numbers), self._after))

    def _fault(self) -> str:
        """What is wrong with the answer that just ended, or ""."""
        status = self._parser.get_status_code()
        if status != 200:
            return f"status {status}: {b''.join(self._body)[:200].decode(errors='replace')}"
        if self._job.stream:
            least = wire.Shape.of(self._job.model).chunks
            if not self._counter.finished:
                return "a stream ended without its end marker"
            return f"a stream of {self._counter.events} events" if self._counter.events < least else ""
        return "" if b'"completion_tokens"' in b"".join(self._body) else "an answer without its usage"

    def _fail(self, what: str) -> None:
        self._tally.errors[what] += 1
        self._finish()

    def _finish(self) -> None:
        if not self.over.done():
            self.over.set_result(None)
        self._transport.abort()


def head(job: Job, length: int) -> bytes:
    """The request line and headers of a job's call with a body of this length."""
    extra = "".join(f"{name}: {value}\r\n" for name, value in job.headers.items())
    return (
        f"POST {job.path} HTTP/1.1\r\nhost: 127.0.0.1:{job.port}\r\ncontent-type: application/json\r\n"
        f"{extra}content-length: {length}\r\n\r\n"
    ).encode()


async def run(job: Job) -> Load:
    """Keeps `job.connections` connections busy for `job.seconds`; calls then in flight may end."""
    loop = asyncio.get_running_loop()
    tally = Tally()
    numbers: Iterator[int] = itertools.repeat(job.first) if job.same else itertools.count(job.first)
    began = tally.clock()
    callers: list[Caller] = []
    for _ in range(job.connections):
        _, caller = await loop.create_connection(
            lambda: Caller(job, numbers, tally, began + job.seconds), "127.0.0.1", job.port
        )
        callers.append(caller)
    _, unfinished = await asyncio.wait(
        [caller.over for caller in callers], timeout=job.seconds + GRACE_SECONDS
    )
    if unfinished:
        for caller in callers:
            caller.give_up()
    return tally.load(tally.clock() - began)


def main() -> None:
    """Reads a job from the first argument, writes its load to standard output; both are JSON."""
    job = msgspec.json.decode(sys.argv[1], type=Job)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.buffer.write(msgspec.json.encode(runner.run(run(job))))


if __name__ == "__main__":
    main()
