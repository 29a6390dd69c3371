"""The aiohttp relay carries the same bytes as the bare one."""

from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bench import wire
from bench.aiohttp_relay import application


@pytest.mark.parametrize(
    ("stream", "expected"),
    [(False, wire.answer()), (True, b"".join(wire.events(50, usage=True)))],
    ids=["whole", "stream"],
)
async def test_answers_come_through_byte_for_byte(upstream: Any, stream: bool, expected: bytes) -> None:
    body = wire.request("fast", 1024, stream=stream)
    async with TestServer(application(upstream.port)) as server, aiohttp.ClientSession() as session:
        async with session.post(server.make_url(wire.PATH), data=body) as answer:
            assert (answer.status, await answer.read()) == (200, expected)
