"""A limit of a minute over four gateways: never more in any minute, and nobody pays for another's greed."""

import asyncio
import math
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from tests.journeys.program import Gateway, Simulator, show
from tests.journeys.storm import client_of, several

LIMIT = 40
USED = LIMIT * 0.9  # what of it the crowd gets at least
LEASE_SECONDS = 10  # of a local share
LATEST = 50  # seconds in which it has that, also on a busy machine: within the first minute
LIMITS = f"""\
teams:
  default: {{ limits: {{ requests: {LIMIT}/min }} }}
  polite: {{ limits: {{ requests: {LIMIT}/min }} }}
"""
BODY = {"model": "small", "messages": [{"role": "user", "content": "Say hello."}]}
PATH = "/v1/chat/completions"


async def greedy(client: httpx.AsyncClient, until: float, admitted: list[tuple[float, float]]) -> int:
    """As many calls as it can; those that were admitted, as they began and ended. How many were refused."""
    refused, latest = 0, time.monotonic() + LATEST
    while time.monotonic() < until or (len(admitted) < USED and time.monotonic() < latest):
        began = time.monotonic()
        status = (await client.post(PATH, json=BODY)).status_code
        if status == 200:
            admitted.append((began, time.monotonic()))
        else:
            assert status == 429
            refused += 1
            await asyncio.sleep(0.05)
    return refused


async def polite(client: httpx.AsyncClient, until: float) -> list[int]:
    statuses = []
    while time.monotonic() < until:
        statuses.append((await client.post(PATH, json=BODY)).status_code)
        await asyncio.sleep(1.6)
    return statuses


def most_within(admitted: list[tuple[float, float]], seconds: float) -> int:
    """The most calls that surely all lie in one stretch of so many seconds."""
    return max(
        (sum(begin >= first and end <= first + seconds for begin, end in admitted) for first, _ in admitted),
        default=0,
    )


def shares(gateways: Sequence[Gateway], seconds: float) -> int:
    """What may be more: the local shares of those whom Redis did not answer in time, as on a busy machine."""
    alone = sum("Redis failed" in gateway.log.read_text() for gateway in gateways)
    return alone * math.ceil(LIMIT * LEASE_SECONDS / 60) * math.ceil(seconds / LEASE_SECONDS)


@pytest.mark.parametrize(
    ("count", "seconds"),
    [pytest.param(2, 8, id="short"), pytest.param(4, 75, id="long", marks=pytest.mark.soak)],
)
async def test_no_minute_has_more_than_the_limit_and_the_polite_are_served(
    tmp_path: Path, simulator: Simulator, count: int, seconds: float
) -> None:
    with several(tmp_path, simulator, LIMITS, count) as there:
        _, key = there.gateways[0].new_key(team="polite")
        admitted: list[tuple[float, float]] = []
        began = time.monotonic()
        until = began + seconds
        async with asyncio.TaskGroup() as tasks:
            crowd = []
            for gateway in there.gateways:
                crowd.append(tasks.create_task(_as(gateway, there.key, greedy, until, admitted)))
            other = tasks.create_task(_as(there.gateways[-1], key, polite, until))
        refused = sum(each.result() for each in crowd)
        most = most_within(admitted, 60)
        show(f"{len(admitted)} admitted, {most} of them within a minute, {refused} refused")
        assert set(other.result()) == {200}, "the polite team was refused"
        assert refused > 0
        assert USED <= most <= LIMIT + shares(there.gateways, time.monotonic() - began)


async def _as(gateway, key, does, *arguments):
    async with client_of(gateway, key) as client:
        return await does(client, *arguments)
