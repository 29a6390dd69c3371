"""A thousand equal calls at two replicas cost one, and each has its right answer and its own row."""

import asyncio
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.journeys.conftest import Making
from tests.journeys.program import Gateway, Simulator
from tests.journeys.test_caching import chat, sharing
from tests.storage.redis_server import RedisServer, redis_server

CALLS = 1000
ROWS = "select count(*) n, sum(cost_nano) cost, sum(saved_nano) saved from usage"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


async def asked(gateway: Gateway, body: object, many: int) -> list[httpx.Response]:
    limits = httpx.Limits(max_connections=many)
    headers = {"authorization": f"Bearer {gateway.key}"}
    async with httpx.AsyncClient(
        base_url=gateway.base_url, headers=headers, limits=limits, timeout=110
    ) as client:
        return list(await asyncio.gather(*(client.post("/chat/completions", json=body) for _ in range(many))))


def arrived(gateways: list[Gateway], many: int) -> list[tuple[int, int, int]]:
    """What the ledgers have, once every row is there."""
    for _ in range(600):
        found = [gateway.query(ROWS)[0] for gateway in gateways]
        if sum(int(str(row["n"])) for row in found) >= many:
            break
        time.sleep(0.1)
    return [(int(str(row["n"])), int(str(row["cost"])), int(str(row["saved"]))) for row in found]


@pytest.mark.soak
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_thousand_equal_calls_are_one(
    stream: bool, make_gateway: Making, configuration: str, simulator: Simulator, redis: RedisServer
) -> None:
    replicas = [make_gateway(sharing(configuration, redis)) for _ in range(2)]
    before = len(simulator.bill())
    slow = {"sim": {"length": 100, "tokens_per_second": 20}}  # as long as all need to arrive
    body = chat(f"a thousand at once {stream}", stream=stream, metadata=slow)

    async def at_both() -> list[list[httpx.Response]]:
        return list(await asyncio.gather(*(asked(each, body, CALLS // 2) for each in replicas)))

    answers = [answer for some in asyncio.run(at_both()) for answer in some]
    (bill,) = simulator.bill()[before:]
    assert [answer.status_code for answer in answers] == [200] * CALLS
    assert len({answer.content for answer in answers}) == 1
    assert sorted(answer.headers["x-signalbox-cache"] for answer in answers).count("miss") == 1
    rows = arrived(replicas, CALLS)
    assert [count for count, _, _ in rows] == [CALLS // 2] * 2
    assert sum(cost for _, cost, _ in rows) == bill["nano_dollars"]
    assert sum(saved for _, _, saved in rows) == (CALLS - 1) * int(str(bill["nano_dollars"]))
