"""The fixed upstream, asked over real sockets by aiohttp."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from bench import wire


async def _whole(url: str, body: bytes) -> bytes:
    async with aiohttp.ClientSession() as session, session.post(url + wire.PATH, data=body) as answer:
        assert answer.status == 200
        return await answer.read()


async def test_a_whole_answer_is_the_fixed_one(upstream: Any) -> None:
    assert await _whole(upstream.url, wire.request("fast", 1024)) == wire.answer()
    assert upstream.stats.requests == 1


@pytest.mark.parametrize("model", ["fast", "fast-3x0ms", "fast-3x2ms"])
async def test_a_stream_has_the_events_its_model_asks_for(upstream: Any, model: str) -> None:
    body = wire.request(model, 1024, stream=True)
    chunks = wire.Shape.of(model).chunks
    assert await _whole(upstream.url, body) == b"".join(wire.events(chunks, usage=True))
    assert (upstream.stats.streams_open, upstream.stats.streams_finished) == (0, 1)


async def test_a_paced_stream_takes_its_time(upstream: Any) -> None:
    began = time.monotonic()
    await _whole(upstream.url, wire.request("fast-4x20ms", 1024, stream=True))
    assert time.monotonic() - began >= 7 * 0.020 * 0.95


async def test_a_stream_that_the_client_leaves_is_counted_as_cut_with_its_number_and_moment(
    upstream: Any,
) -> None:
    body = wire.request("fast-1000x50ms", 1024, stream=True, number=7)
    async with (
        aiohttp.ClientSession() as session,
        session.post(upstream.url + wire.PATH, data=body) as answer,
    ):
        await answer.content.readany()
        assert upstream.stats.streams_open == 1
        left = time.monotonic()
    for _ in range(2000):
        if not upstream.stats.streams_open:
            break
        await asyncio.sleep(0.001)
    [(number, moment)] = upstream.stats.cuts
    assert (number, upstream.stats.streams_cut, upstream.stats.streams_finished) == (7, 1, 0)
    assert left <= moment <= time.monotonic()


async def test_the_stats_are_json_and_a_reset_forgets_what_is_over(upstream: Any) -> None:
    await _whole(upstream.url, wire.request("fast", 1024))
    async with aiohttp.ClientSession(upstream.url) as session:
        async with session.get("/stats") as answer:
            seen = await answer.json()
        async with session.post("/reset"), session.get("/stats") as answer:
            reset = await answer.json()
    assert (seen["requests"], seen["cuts"]) == (1, [])
    assert (reset["requests"], reset["connections_opened"]) == (0, 0)


async def test_the_models_are_listed(upstream: Any) -> None:
    async with aiohttp.ClientSession(upstream.url) as session, session.get("/v1/models") as answer:
        assert (await answer.json())["data"][0]["id"] == "fast"


async def test_what_is_not_http_ends_the_connection(upstream: Any) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", upstream.port)
    writer.write(b"\x00\x01 nonsense\r\n\r\n")
    assert await reader.read() == b""
    writer.close()
