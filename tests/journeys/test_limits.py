"""Limits and budgets over real sockets: what the official SDK raises, and what it costs."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from tests.journeys.program import Gateway, Simulator, running
from tests.storage.redis_server import RedisServer, redis_server

HELLO: Any = [{"role": "user", "content": "Say hello."}]
LIMITED = """\
vendors:
  sim: {{ kind: sim, base_url: "{url}" }}
models:
  small: {{ targets: [sim/small] }}
  "sim/*": {{ passthrough: sim }}
teams:
  default: {{ {team} }}
admin_key: journeys-admin
log: {{ format: json }}
"""
Making = Callable[[str], Gateway]


@pytest.fixture
def limited(make_gateway: Making, simulator: Simulator) -> Callable[[str], Gateway]:
    """Starts a gateway whose one team has these limits."""
    return lambda team: make_gateway(LIMITED.format(url=simulator.base_url, team=team))


def client_of(gateway: Gateway) -> openai.OpenAI:
    return openai.OpenAI(base_url=gateway.base_url, api_key=gateway.key, max_retries=0, timeout=60)


def test_a_fourth_request_in_a_minute_is_a_rate_limit_error(limited: Callable[[str], Gateway]) -> None:
    gateway = limited("limits: { requests: 3/min }, budget: { amount: 1 USD, per: month, mode: hard }")
    with client_of(gateway) as client:
        for left in (2, 1, 0):
            answer = client.chat.completions.with_raw_response.create(model="small", messages=HELLO)
            assert answer.headers["x-ratelimit-limit-requests"] == "3"
            assert answer.headers["x-ratelimit-remaining-requests"] == str(left)
        with pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(model="small", messages=HELLO)
    error = caught.value
    assert (error.code, error.type, error.status_code) == ("rate_limit_exceeded", "requests", 429)
    assert "team default is 3 requests a minute: 1 requested, 0 left." in str(error)
    assert error.response.headers["x-ratelimit-remaining-requests"] == "0"
    assert 1 <= int(error.response.headers["retry-after"]) <= 60


def test_a_restart_goes_on_with_what_was_used(limited: Callable[[str], Gateway]) -> None:
    gateway = limited("limits: { requests: 2/day }")
    with client_of(gateway) as client:
        client.chat.completions.create(model="small", messages=HELLO)
    gateway.kill()
    gateway.start()
    with client_of(gateway) as client:
        answer = client.chat.completions.with_raw_response.create(model="small", messages=HELLO)
        assert answer.headers["x-ratelimit-remaining-requests"] == "0"
        with pytest.raises(openai.RateLimitError):
            client.chat.completions.create(model="small", messages=HELLO)


def test_of_two_gateways_on_one_state_directory_one_counts(
    limited: Callable[[str], Gateway], simulator: Simulator
) -> None:
    first = limited("limits: { requests: 3/day }")
    text = LIMITED.format(url=simulator.base_url, team="limits: { requests: 3/day }")
    home = first.home / "second"
    home.mkdir()
    (home / "state").symlink_to(first.state)
    second = Gateway(home, text)
    second.key = first.key
    with ExitStack() as stack:
        one = stack.enter_context(client_of(first))
        one.chat.completions.create(model="small", messages=HELLO)
        stack.enter_context(running(second))
        other = stack.enter_context(client_of(second))
        with pytest.raises(openai.InternalServerError, match="Another gateway counts"):
            other.chat.completions.create(model="small", messages=HELLO)
        one.chat.completions.create(model="small", messages=HELLO)
        first.kill()
        answer = other.chat.completions.with_raw_response.create(model="small", messages=HELLO)
        assert answer.headers["x-ratelimit-remaining-requests"] == "0"


def spend(gateway: Gateway) -> int:
    """Nano-dollars that the team's budget counts, of which none are held."""
    with gateway.admin() as admin:
        found = admin.get("/admin/v1/limits").raise_for_status().json()["data"]
    [money] = [each for each in found if each["kind"] == "spend"]
    assert money["held"] == 0
    return int(money["used"])


def test_a_restart_remembers_what_a_vendor_may_bill_for_an_answer_that_nobody_read(
    limited: Callable[[str], Gateway],
) -> None:
    gateway = limited("budget: { amount: 1 USD, per: month, mode: hard }")
    ask = {"model": "sim/large@length=400,tps=50", "messages": HELLO, "max_tokens": 500, "stream": True}
    with gateway.client() as client, client.stream("POST", "/v1/chat/completions", json=ask) as answer:
        request = answer.headers["x-request-id"]
        next(answer.iter_lines())
    [row] = gateway.attempts(request)
    assert row["estimated"] and row["unsure_nano"] > 4_000_000
    assert spend(gateway) == row["cost_nano"] + row["unsure_nano"]
    gateway.kill()
    gateway.start()
    with gateway.client() as client:
        small = client.post("/v1/chat/completions", json={"model": "small", "messages": HELLO})
    [other] = gateway.attempts(small.headers["x-request-id"])
    assert spend(gateway) == row["cost_nano"] + row["unsure_nano"] + other["cost_nano"]


async def one_of_the_storm(client: httpx.AsyncClient, dice: random.Random, model: str) -> int:
    """A call of a random kind, which may leave; the status, or 499."""
    stream = dice.random() < 0.5
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "user", "content": "x " * dice.randrange(60)}],
    }
    if dice.random() < 0.5:
        body["max_tokens"] = dice.randrange(1, 400)
    # Who does not want to wait for the next byte closes the connection.
    patience = httpx.Timeout(60, read=dice.random() * 0.3 + 0.01 if dice.random() < 0.3 else 60)
    try:
        if not stream:
            return (await client.post("/v1/chat/completions", json=body, timeout=patience)).status_code
        asked = client.stream("POST", "/v1/chat/completions", json=body | {"stream": True}, timeout=patience)
        async with asked as answer:
            async for _ in answer.aiter_bytes():
                pass
            return answer.status_code
    except httpx.ReadTimeout:
        return 499


@pytest.mark.parametrize("seed", range(2))
async def test_a_hard_budget_is_not_overspent_by_one_nano_dollar(
    limited: Callable[[str], Gateway], simulator: Simulator, seed: int
) -> None:
    budget = 3_000_000  # nano-dollars
    gateway = await asyncio.to_thread(
        limited, "budget: { amount: 0.003, per: month, mode: hard }, limits: { concurrent: 500 }"
    )
    model = f"small@length={300 + seed}"
    dice = random.Random(seed)
    limits = httpx.Limits(max_connections=60)
    headers = {"authorization": f"Bearer {gateway.key}"}
    async with httpx.AsyncClient(
        base_url=gateway.address, headers=headers, timeout=60, limits=limits
    ) as client:
        whole = await client.post(
            "/v1/chat/completions", json={"model": f"sim/{model}", "messages": HELLO}
        )  # of the others each may leave before its answer comes
        statuses = await asyncio.gather(*(one_of_the_storm(client, dice, f"sim/{model}") for _ in range(120)))
        last = [await one_of_the_storm(client, dice, f"sim/{model}") for _ in range(10)]
    assert whole.status_code == 200
    assert {429} <= set(statuses) | set(last) <= {200, 429, 499}
    bill = [line for line in await asyncio.to_thread(simulator.settled) if line["model"] == model]
    spent = sum(line["nano_dollars"] for line in bill)
    assert budget * 0.5 < spent <= budget


@pytest.fixture
def several(
    tmp_path: Path, simulator: Simulator
) -> Iterator[Callable[[str, int], tuple[list[Gateway], RedisServer]]]:
    """Starts gateways on one database and one Redis."""
    with ExitStack() as stack:

        def start(team: str, count: int) -> tuple[list[Gateway], RedisServer]:
            server = stack.enter_context(redis_server(tmp_path))
            text = LIMITED.format(url=simulator.base_url, team=team)
            text += f"stores: {{ redis: '{server.url}', database: 'sqlite:///{tmp_path}/shared.db' }}\n"
            gateways = []
            for number in range(count):
                home = tmp_path / f"several-{number}"
                home.mkdir()
                gateways.append(Gateway(home, text))
                stack.enter_context(running(gateways[-1]))
                gateways[-1].key = gateways[0].key
            return gateways, server

        yield start


async def test_two_gateways_and_one_that_is_killed_do_not_overspend_one_budget(
    several: Callable[[str, int], tuple[list[Gateway], RedisServer]], simulator: Simulator
) -> None:
    budget = 4_000_000  # nano-dollars
    gateways, _ = await asyncio.to_thread(
        several, "budget: { amount: 0.004, per: month }, limits: { requests: 100000/min }", 2
    )
    model, dice = "small@length=350", random.Random(7)
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                httpx.AsyncClient(
                    base_url=each.address, headers={"authorization": f"Bearer {each.key}"}, timeout=60
                )
            )
            for each in gateways
        ]

        async def call(number: int) -> int:
            try:
                return await one_of_the_storm(clients[number % 2], dice, f"sim/{model}")
            except httpx.HTTPError:
                return 0  # its gateway was killed

        first = await asyncio.gather(*(call(number) for number in range(40)))
        storm = asyncio.gather(*(call(number) for number in range(40)))
        await asyncio.to_thread(gateways[1].kill)
        await storm
        last = [await call(0) for _ in range(20)]
    assert 200 in first
    assert 429 in last
    bill = [line for line in await asyncio.to_thread(simulator.settled) if line["model"] == model]
    assert 0 < sum(line["nano_dollars"] for line in bill) <= budget


def test_a_limit_is_one_for_two_gateways_and_has_its_rule_without_redis(
    several: Callable[[str, int], tuple[list[Gateway], RedisServer]],
) -> None:
    gateways, server = several("limits: { requests: 6/hour, on_store_failure: deny }", 2)
    statuses = []
    ask = {"model": "small", "messages": HELLO}
    with gateways[0].client() as one, gateways[1].client() as two:
        for number in range(10):
            statuses.append((one, two)[number % 2].post("/v1/chat/completions", json=ask).status_code)
        assert sorted(statuses) == [200] * 6 + [429] * 4
        server.kill()
        refused = one.post("/v1/chat/completions", json=ask)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "store_unavailable")


def test_pictures_hold_what_they_cost_before_they_are_drawn(limited: Callable[[str], Gateway]) -> None:
    gateway = limited("budget: { amount: 0.10 USD, per: month, mode: hard }")  # two pictures at 0.04
    with gateway.client() as client:
        ask = {"model": "sim/draw", "prompt": "a signal box"}
        too_many = client.post("/v1/images/generations", json=ask | {"n": 3})
        assert (too_many.status_code, too_many.json()["error"]["code"]) == (429, "insufficient_quota")
        drawn = [client.post("/v1/images/generations", json=ask).status_code for _ in range(3)]
    assert drawn == [200, 200, 429]
