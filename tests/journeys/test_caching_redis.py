"""Redis stalled, emptied or killed, also while calls wait for one: none fails, no answer is wrong."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.journeys.conftest import Making
from tests.journeys.program import Gateway
from tests.journeys.test_caching import chat
from tests.storage.redis_server import RedisServer, redis_server

STALL_SECONDS = 5.0
LONGEST = 3.0  # seconds that a call may take on a busy machine; the simulator answers at once


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


def sharing(configuration: str, redis: RedisServer) -> str:
    stores = f"stores: {{ redis: '{redis.url}' }}\n"
    return configuration + stores + "cache: { exact: 10m, store: redis }\n"


def test_while_redis_stalls_calls_cost_what_they_cost(
    make_gateway: Making, configuration: str, redis: RedisServer
) -> None:
    gateway = make_gateway(sharing(configuration, redis))
    taken = []
    with gateway.client() as client:
        client.post("/v1/chat/completions", json=chat("before the stall"))
        redis.freeze()
        try:
            until, number = time.monotonic() + STALL_SECONDS, 0
            while time.monotonic() < until:
                words, began = f"stalled {number % 7}", time.monotonic()
                answer = client.post("/v1/chat/completions", json=chat(words))
                taken.append(time.monotonic() - began)
                assert answer.status_code == 200
                assert words in answer.json()["choices"][0]["message"]["content"]
                number += 1
        finally:
            redis.thaw()
        assert max(taken) < LONGEST
        found = set()
        deadline = time.monotonic() + 20
        while "hit" not in found and time.monotonic() < deadline:
            found.add(client.post("/v1/chat/completions", json=chat("after")).headers["x-signalbox-cache"])
    assert "hit" in found


def stalled(redis: RedisServer) -> None:
    redis.freeze()


def emptied(redis: RedisServer) -> None:
    redis.command("FLUSHALL")


def killed(redis: RedisServer) -> None:
    redis.kill()


@pytest.mark.parametrize("breaks", [stalled, emptied, killed])
def test_what_breaks_while_equal_calls_wait_breaks_none_of_them(
    breaks: Callable[[RedisServer], None], make_gateway: Making, configuration: str, redis: RedisServer
) -> None:
    replicas = [make_gateway(sharing(configuration, redis)) for _ in range(2)]
    words = f"who is {breaks.__name__}"
    slow = {"sim": {"length": 30, "tokens_per_second": 20}}
    bodies = [chat(words, stream=stream, metadata=slow) for stream in (False, True)]

    async def run() -> list[httpx.Response]:
        asking = [asyncio.ensure_future(_ask(each, body, 10)) for each in replicas for body in bodies]
        await asyncio.sleep(0.5)
        await asyncio.to_thread(breaks, redis)
        return [answer for some in await asyncio.gather(*asking) for answer in some]

    try:
        answers = asyncio.run(run())
    finally:
        redis.thaw()
    assert [answer.text for answer in answers if answer.status_code != 200] == []
    for answer in answers:
        assert "error" not in answer.text
        streamed = answer.headers["content-type"].startswith("text/event-stream")
        assert answer.text.rstrip().endswith("data: [DONE]" if streamed else "}")
    whole = {_content(answer) for answer in answers if "event-stream" not in answer.headers["content-type"]}
    assert len(whole) == 1
    assert words in whole.pop()


def _content(answer: httpx.Response) -> str:
    return str(answer.json()["choices"][0]["message"]["content"])


async def _ask(gateway: Gateway, body: dict[str, Any], many: int) -> list[httpx.Response]:
    headers = {"authorization": f"Bearer {gateway.key}"}
    limits = httpx.Limits(max_connections=many)
    async with httpx.AsyncClient(
        base_url=gateway.base_url, headers=headers, limits=limits, timeout=60
    ) as client:
        posts = [client.post("/chat/completions", json=body) for _ in range(many)]
        return list(await asyncio.gather(*posts))
