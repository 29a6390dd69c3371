"""Three times more calls come than a vendor takes: interactive ones are served, others told when to come."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running, show

ROOM = 4  # calls at once
TAKES = 0.5  # seconds, each
CAPACITY = ROOM / TAKES  # calls a second


def configuration(base_url: str) -> str:
    vendor = f'{{ kind: sim, base_url: "{base_url}", concurrency: {ROOM} }}'
    return "\n".join(
        (
            f"vendors: {{ sim: {vendor} }}",
            f'models: {{ narrow: {{ targets: ["sim/small@headers_ms={TAKES * 1000:.0f}"] }} }}',
            "reliability: { queue: 2s, breakers: false }",
            f"admin_key: {ADMIN_KEY}",
        )
    )


async def offer(gateway: Gateway, seconds: float) -> Counter[tuple[str, int]]:
    """Calls at three times the capacity, half a capacity of them interactive: what became of them."""
    headers = {"authorization": f"Bearer {gateway.key}"}
    body = {"model": "narrow", "messages": [{"role": "user", "content": "Which train?"}]}
    found: Counter[tuple[str, int]] = Counter()

    async def one(session: aiohttp.ClientSession, priority: str) -> None:
        asked = {"x-signalbox-priority": priority}
        async with session.post("/v1/chat/completions", json=body, headers=asked) as response:
            await response.read()
            found[priority, response.status] += 1
            if response.status == 503:
                assert 1 <= int(response.headers["retry-after"]) <= 60

    began = time.monotonic()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(gateway.address, headers=headers, connector=connector) as session:
        async with asyncio.TaskGroup() as calls:
            for number in range(int(3 * CAPACITY * seconds)):
                await asyncio.sleep(max(0.0, began + number / (3 * CAPACITY) - time.monotonic()))
                calls.create_task(one(session, "interactive" if number % 6 == 0 else "batch"))
    return found


@pytest.mark.parametrize("seconds", [3.0, pytest.param(30.0, marks=pytest.mark.soak)], ids=["quick", "soak"])
def test_interactive_calls_have_their_share_of_an_overloaded_vendor(
    simulator: Simulator, tmp_path: Path, seconds: float
) -> None:
    gateway = Gateway(tmp_path, configuration(simulator.base_url))
    with running(gateway):
        found = asyncio.run(offer(gateway, seconds))
        shed = gateway.metric("signalbox_shed_total", priority="batch")
    interactive = found["interactive", 200] + found["interactive", 503]
    show(f"3 x overload for {seconds:g} s: {dict(sorted(found.items()))}")
    assert {status for _, status in found} <= {200, 503}
    assert found["interactive", 200] >= 0.95 * interactive
    assert shed == found["batch", 503] > 0
