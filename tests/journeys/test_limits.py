"""Limits and budgets over real sockets: what the official SDK raises, and what it costs."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import httpx
import openai
import pytest

from tests.journeys.program import Gateway, Simulator

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
    assert "team default is 3 requests a minute: 1 asked for, 0 left." in str(error)
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


async def one_of_the_storm(client: httpx.AsyncClient, dice: random.Random, model: str) -> int:
    """A call of a random kind, which may leave; the status, or 499."""
    stream = dice.random() < 0.5
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "user", "content": "x " * dice.randrange(60)}],
    }
    if dice.random() < 0.5:
        body["max_tokens"] = dice.randrange(1, 400)
    leaves = dice.random() < 0.3
    try:
        async with asyncio.timeout(dice.random() * 0.3 if leaves else 60):
            if not stream:
                return (await client.post("/v1/chat/completions", json=body)).status_code
            async with client.stream("POST", "/v1/chat/completions", json=body | {"stream": True}) as answer:
                async for _ in answer.aiter_bytes():
                    pass
                return answer.status_code
    except TimeoutError:
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
        statuses = await asyncio.gather(*(one_of_the_storm(client, dice, f"sim/{model}") for _ in range(120)))
        last = [await one_of_the_storm(client, dice, f"sim/{model}") for _ in range(10)]
    assert {200, 429} <= set(statuses) | set(last) <= {200, 429, 499}
    bill = [line for line in await asyncio.to_thread(simulator.settled) if line["model"] == model]
    spent = sum(line["nano_dollars"] for line in bill)
    assert budget * 0.5 < spent <= budget
