"""A soft budget is overspent by no more than `signalbox check` says of its configuration."""

import asyncio
import json
from typing import Any

import httpx

from tests.journeys.conftest import Making
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, environment, show
from tests.journeys.storm import client_of
from tests.nursery import command

BUDGET, AT_ONCE = 2_000_000, 12  # nano-dollars; open calls
MODEL = "sim-soft"
CONFIGURATION = f"""\
vendors: {{ sim: {{ kind: sim, base_url: "URL" }} }}
models:
  known: {{ targets: ["sim/{MODEL}"] }}
capabilities: {{ "sim/{MODEL}": {{ context: 4000, output: 400 }} }}
teams:
  default:
    models: [known]
    limits: {{ concurrent: {AT_ONCE} }}
    budget: {{ amount: 0.002, per: month, mode: soft }}
admin_key: {ADMIN_KEY}
"""


def bound(gateway: Gateway) -> int:
    """Nano-dollars above the budget at most, as the command prints them."""
    done = command(("check", str(gateway.file), "--json"), gateway.home, environment(gateway.home))
    assert done.returncode == 0, done.stderr
    [soft] = json.loads(done.stdout)["soft_budgets"]
    assert isinstance(soft["most_over_nano"], int)
    return soft["most_over_nano"]


async def ask(client: httpx.AsyncClient, calls: int, length: int, wait: int = 0) -> list[int]:
    """So many calls at once, with answers of so many tokens after `wait` ms; the statuses."""
    body: dict[str, Any] = {"model": "known", "messages": [{"role": "user", "content": "x " * 100}]}
    # All of them are in the air before the first has ended, however busy the machine is.
    body["metadata"] = {"sim": f"length={length},headers_ms={wait}"}
    answers = await asyncio.gather(*(client.post("/v1/chat/completions", json=body) for _ in range(calls)))
    return [answer.status_code for answer in answers]


async def test_a_soft_budget_is_overspent_by_no_more_than_the_bound(
    make_gateway: Making, simulator: Simulator
) -> None:
    gateway = await asyncio.to_thread(make_gateway, CONFIGURATION.replace("URL", simulator.base_url))
    most = await asyncio.to_thread(bound, gateway)
    async with client_of(gateway, gateway.key) as client:
        # Answers are usually short, and then all at once as long as they may be.
        for _ in range(30):
            assert await ask(client, 1, 2) == [200]
        statuses = await ask(client, 3 * AT_ONCE, 400, 2000)
        assert await ask(client, 3, 2) == [429] * 3
    lines = await asyncio.to_thread(simulator.settled)
    spent = sum(line["nano_dollars"] for line in lines if line["model"] == MODEL)
    show(f"soft: {spent} of {BUDGET} nano-dollars, at most {most} more; {statuses.count(200)} answers")
    assert BUDGET < spent <= BUDGET + most
