"""The built-in load: it counts right, and nothing wrong goes uncounted."""

import asyncio
import itertools
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import wire
from bench.client import EventCounter, Job, Load, Tally, percentile, run


@asynccontextmanager
async def replying(reply: bytes) -> AsyncIterator[int]:
    """A server that gives each request the same bytes, and closes when they are no complete answer."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            await reader.readexactly(
                int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            )
            writer.write(reply)
            if not reply.endswith((b"}", b"0\r\n\r\n")):
                break
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


def sized(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %b\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body)


def chunked(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def job(port: int, **changes: Any) -> Job:
    return Job(**({"port": port, "seconds": 0.05, "connections": 2} | changes))


async def test_whole_answers_are_counted_as_the_server_counts_them(upstream: Any) -> None:
    load = await run(job(upstream.port, seconds=0.2, connections=4))
    assert load.errors == {}
    assert load.calls == upstream.stats.requests > 4
    assert upstream.stats.connections_opened == 4
    assert 0 < load.p50_ms <= load.p99_ms < 1000
    assert load.per_second == pytest.approx(load.calls / load.seconds)


async def test_events_are_counted_as_the_server_counts_them(upstream: Any) -> None:
    load = await run(job(upstream.port, seconds=0.2, model="fast-10x1ms", stream=True))
    assert load.errors == {}
    assert load.calls == upstream.stats.streams_finished > 1
    assert load.events == load.calls * len(wire.events(10, usage=True))


async def test_a_paced_event_is_a_read_of_its_own(upstream: Any) -> None:
    load = await run(job(upstream.port, connections=1, model="fast-10x5ms", stream=True))
    assert load.reads == pytest.approx(load.events, rel=0.2)


async def test_a_run_ends_although_streams_are_longer_than_it(upstream: Any) -> None:
    load = await run(job(upstream.port, seconds=0.01, model="fast-20x5ms", stream=True))
    assert (load.calls, load.errors) == (2, {})


FAULTS = {
    "an error status": (sized(b'{"error":"no"}', b"503 Busy"), False, "status 503"),
    "an answer without its usage": (sized(b"{}"), False, "without its usage"),
    "a cut answer": (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhalf", False, "closed the connection"),
    "no HTTP": (b"\x16\x03nonsense", False, "not HTTP"),
    "a stream without its end marker": (chunked(b"data: {}\n\n" * 60), True, "without its end marker"),
    "a stream that is too short": (chunked(b"data: {}\n\n" * 3 + wire.DONE), True, "4 events"),
    "an error as a stream": (sized(b'{"error":"no"}', b"500 Oops"), True, "status 500"),
}


@pytest.mark.parametrize(("reply", "stream", "named"), FAULTS.values(), ids=FAULTS)
async def test_whatever_is_wrong_is_an_error_and_no_call(reply: bytes, stream: bool, named: str) -> None:
    async with replying(reply) as port:
        load = await run(job(port, stream=stream))
    [(what, count)] = load.errors.items()
    assert named in what
    assert (count, load.calls) == (2, 0)  # a connection with a fault is not used again


async def test_every_call_has_its_own_number() -> None:
    seen: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            seen.append(
                await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
            )
            writer.write(sized(wire.answer()))
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        load = await run(job(server.sockets[0].getsockname()[1]))
        await asyncio.sleep(0.01)
    assert load.errors == {}
    assert len(set(seen)) == len(seen) >= load.calls > 2


STREAM = b"".join(wire.events(4, usage=True))


@given(cuts=st.sets(st.integers(1, len(STREAM) - 1)))
def test_events_do_not_depend_on_where_the_network_cuts(cuts: set[int]) -> None:
    counter = EventCounter()
    for begin, end in itertools.pairwise([0, *sorted(cuts), len(STREAM)]):
        counter.feed(STREAM[begin:end])
    assert (counter.events, counter.finished) == (8, True)


@given(length=st.integers(0, len(STREAM) - 4))
def test_a_stream_cut_short_is_never_finished(length: int) -> None:
    counter = EventCounter()
    counter.feed(STREAM[:length])
    assert not counter.finished


@given(values=st.lists(st.floats(0, 1e6), min_size=1), percent=st.floats(1, 100))
def test_a_percentile_is_a_value_with_enough_values_at_or_below_it(
    values: list[float], percent: float
) -> None:
    ordered = sorted(values)
    found = percentile(ordered, percent)
    assert found in ordered
    assert sum(value <= found for value in ordered) >= len(ordered) * percent / 100 * (1 - 1e-9)


def test_no_values_have_the_percentile_zero() -> None:
    assert percentile([], 99) == 0.0
    assert Tally().load(1.0).calls == 0


async def test_the_process_reads_a_job_and_writes_its_load(upstream: Any) -> None:
    text = msgspec.json.encode(job(upstream.port)).decode()
    command = [sys.executable, "-m", "bench.client", text]
    ended = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=20, check=True)
    load = msgspec.json.decode(ended.stdout, type=Load)
    assert (load.errors, load.calls) == ({}, upstream.stats.requests)
    assert json.loads(text)["connections"] == 2
