"""Many streams: all begin, and all are cut at moments that the upstream can confirm."""

import asyncio
import subprocess
import sys
import time
from typing import Any

import msgspec
import pytest

from bench.client import Job
from bench.crowd import Crowd, CrowdFailed, Cuts, opened, storm


def crowd(port: int, streams: int, at_once: int, **changes: Any) -> Crowd:
    job = Job(port, seconds=0, connections=0, model="fast-1000x200ms", stream=True)
    return Crowd(job, streams, at_once, **changes)


async def _settled(upstream: Any) -> None:
    for _ in range(2000):
        if not upstream.stats.streams_open:
            break
        await asyncio.sleep(0.001)


async def test_streams_that_were_opened_have_begun_and_stay_open(upstream: Any) -> None:
    streams = await opened(crowd(upstream.port, 120, 120), 0, 120)
    assert upstream.stats.streams_open == len(streams) == 120
    assert all(stream.alive for stream in streams.values())
    for stream in streams.values():
        stream.cut()
    await _settled(upstream)
    assert upstream.stats.streams_open == 0


async def test_a_storm_cuts_every_stream_once_and_knows_when(upstream: Any) -> None:
    began = time.monotonic()
    cuts = await storm(crowd(upstream.port, 50, 20))
    await _settled(upstream)
    closed = dict(upstream.stats.cuts)
    assert set(cuts.at) == set(closed) == set(range(50))
    assert all(began <= moment <= closed[name] for name, moment in cuts.at.items())


async def test_an_answer_that_is_no_stream_fails_the_crowd() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 429 Slow Down\r\ncontent-length: 2\r\n\r\n{}")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        with pytest.raises(CrowdFailed, match="429"):
            await storm(crowd(server.sockets[0].getsockname()[1], 1, 1))


async def test_a_connection_that_closes_early_fails_the_crowd() -> None:
    async def leave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(leave, "127.0.0.1", 0) as server:
        with pytest.raises(CrowdFailed, match="closed the connection"):
            await storm(crowd(server.sockets[0].getsockname()[1], 1, 1))


async def test_the_process_holds_its_streams_until_its_input_ends(upstream: Any) -> None:
    text = msgspec.json.encode(crowd(upstream.port, 5, 5, hold=True)).decode()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.crowd", text, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert await process.stdout.readline() == b"open\n"
    assert upstream.stats.streams_open == 5
    process.stdin.close()
    assert await process.wait() == 0
    await _settled(upstream)
    assert upstream.stats.streams_cut == 5


async def test_the_process_writes_when_it_cut(upstream: Any) -> None:
    text = msgspec.json.encode(crowd(upstream.port, 3, 2)).decode()
    command = [sys.executable, "-m", "bench.crowd", text]
    ended = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=20, check=True)
    assert len(msgspec.json.decode(ended.stdout, type=Cuts).at) == 3
