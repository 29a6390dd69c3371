"""The cache over real sockets: what is equal is paid for once, whoever asks and in whatever form."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.journeys.conftest import Making
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator
from tests.storage.redis_server import RedisServer, redis_server

POLICIES = """\
cache: { exact: 10m, formats: any }
"""
Json = dict[str, Any]


@pytest.fixture(scope="module")
def remembering(configuration: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    from_file = Gateway(tmp_path_factory.mktemp("remembering"), configuration + POLICIES)
    from_file.start()
    yield from_file
    assert from_file.stop() == 0


def chat(words: str, **more: Any) -> Json:
    return {"model": "small", "messages": [{"role": "user", "content": words}], "max_tokens": 400, **more}


def test_the_second_equal_call_is_answered_without_a_vendor(
    remembering: Gateway, simulator: Simulator
) -> None:
    before = len(simulator.bill())
    with remembering.client() as client:
        first, second = (client.post("/v1/chat/completions", json=chat("signals?")) for _ in range(2))
    assert (first.headers["x-signalbox-cache"], second.headers["x-signalbox-cache"]) == ("miss", "hit")
    assert second.content == first.content
    assert second.headers["x-signalbox-cost"] == "0.000000000"
    assert second.headers["x-signalbox-saved"] == first.headers["x-signalbox-cost"]
    assert len(simulator.bill()) == before + 1
    (bought,) = remembering.attempts(first.headers["x-request-id"])
    (given,) = remembering.attempts(second.headers["x-request-id"])
    assert (bought["cache"], bought["saved_nano"]) == ("miss", 0)
    assert (given["cache"], given["cost_nano"], given["saved_nano"]) == ("hit", 0, bought["cost_nano"])


def test_a_caller_of_another_format_gets_it_in_that_format(remembering: Gateway) -> None:
    with remembering.client() as client:
        whole = client.post("/v1/chat/completions", json=chat("points?")).json()
        streamed = client.post("/v1/messages", json=chat("points?", stream=True))
    assert streamed.headers["x-signalbox-cache"] == "hit"
    events = [json.loads(line[6:]) for line in streamed.text.splitlines() if line.startswith("data: ")]
    text = "".join(each["delta"].get("text", "") for each in events if each["type"] == "content_block_delta")
    assert text == whole["choices"][0]["message"]["content"]
    (told,) = [each["usage"] for each in events if each["type"] == "message_delta"]
    assert told["output_tokens"] == whole["usage"]["completion_tokens"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_equal_calls_in_the_air_are_one(
    stream: bool, make_gateway: Making, configuration: str, simulator: Simulator
) -> None:
    gateway = make_gateway(configuration + POLICIES)
    before = len(simulator.bill())
    slow = {"sim": {"length": 40, "tokens_per_second": 40}}
    body = chat(f"a hundred at once {stream}", stream=stream, metadata=slow)
    answers = asyncio.run(_all_at_once(gateway, body, 100))
    assert len(simulator.bill()) == before + 1
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}
    caches = sorted(answer.headers["x-signalbox-cache"] for answer in answers)
    assert caches == ["hit"] * 99 + ["miss"]
    rows = [row for answer in answers for row in gateway.attempts(answer.headers["x-request-id"])]
    assert len(rows) == 100
    assert sum(row["cost_nano"] for row in rows) == simulator.bill()[-1]["nano_dollars"]


def test_equal_batches_of_embeddings_in_the_air_are_one(remembering: Gateway, simulator: Simulator) -> None:
    before = len(simulator.bill())
    batch = {"model": "embed", "input": [f"a signal box {number}" for number in range(300)]}
    answers = asyncio.run(_all_at_once(remembering, batch, 30, "/embeddings"))
    assert len({answer.content for answer in answers}) == 1
    assert len(answers[0].json()["data"]) == 300
    assert len(simulator.bill()) == before + 1


async def _all_at_once(
    gateway: Gateway, body: Json, many: int, path: str = "/chat/completions"
) -> list[httpx.Response]:
    limits = httpx.Limits(max_connections=many)
    async with httpx.AsyncClient(
        base_url=gateway.base_url,
        headers={"authorization": f"Bearer {gateway.key}"},
        limits=limits,
        timeout=60,
    ) as client:
        posts = [client.post(path, json=body) for _ in range(many)]
        return list(await asyncio.gather(*posts))


def test_the_leader_of_a_shared_stream_may_hang_up(
    make_gateway: Making, configuration: str, simulator: Simulator
) -> None:
    gateway = make_gateway(configuration + POLICIES)
    before = len(simulator.bill())
    body = chat("who hangs up", stream=True, metadata={"sim": {"length": 60, "tokens_per_second": 60}})
    with (
        gateway.client() as client,
        client.stream("POST", "/v1/chat/completions", json=body) as leading,
    ):
        mine = leading.iter_lines()
        assert next(mine).startswith("data: ")
        with client.stream("POST", "/v1/chat/completions", json=body) as following:
            lines = following.iter_lines()
            assert next(lines).startswith("data: ")
            leading.close()
            rest = [line for line in lines if line]
    assert rest[-1] == "data: [DONE]"
    (line,) = simulator.bill()[before:]
    assert not line["cancelled"]


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


def sharing(configuration: str, redis: RedisServer) -> str:
    # A busy machine's Redis may take long; what is shown here is not how soon it is given up.
    stores = f"stores: {{ redis: '{redis.url}', redis_deadline: 2s }}\n"
    return configuration + stores + "cache: { exact: 10m, store: redis }\n"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_equal_calls_at_two_replicas_are_one(
    stream: bool, make_gateway: Making, configuration: str, simulator: Simulator, redis: RedisServer
) -> None:
    replicas = [make_gateway(sharing(configuration, redis)) for _ in range(2)]
    before = len(simulator.bill())
    slow = {"sim": {"length": 30, "tokens_per_second": 30}}
    body = chat(f"at both replicas {stream}", stream=stream, metadata=slow)

    async def at_both() -> list[list[httpx.Response]]:
        return list(await asyncio.gather(*(_all_at_once(each, body, 50) for each in replicas)))

    answers = [answer for some in asyncio.run(at_both()) for answer in some]
    assert len(simulator.bill()) == before + 1
    assert len({answer.content for answer in answers}) == 1
    assert sorted(answer.headers["x-signalbox-cache"] for answer in answers) == ["hit"] * 99 + ["miss"]


def test_a_redis_that_dies_and_comes_back_empty_fails_no_call(
    make_gateway: Making, configuration: str, redis: RedisServer
) -> None:
    gateway = make_gateway(sharing(configuration, redis))
    with gateway.client() as client:
        for number in range(40):
            if number == 10:
                redis.kill()
            if number == 30:
                redis.start()
            words = f"question {number % 5}"
            answer = client.post("/v1/chat/completions", json=chat(words))
            assert answer.status_code == 200
            assert words in answer.json()["choices"][0]["message"]["content"]


def test_a_running_gateway_forgets_on_order(make_gateway: Making, configuration: str) -> None:
    gateway = make_gateway(configuration + POLICIES)
    admin = {"authorization": f"Bearer {ADMIN_KEY}"}

    def result() -> str:
        answer = client.post("/v1/chat/completions", json=chat("forget me"))
        return str(answer.headers["x-signalbox-cache"])

    with gateway.client() as client:
        assert [result(), result()] == ["miss", "hit"]
        order = {"what": "model", "value": "small"}
        assert client.post("/admin/v1/cache/purge", json=order, headers=admin).status_code == 200
        assert result() == "miss"
