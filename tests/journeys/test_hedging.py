"""A vendor that hangs once in twenty calls is asked twice, and callers hardly notice that it hangs."""

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path

import aiohttp
import pytest

from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running, show

FAST_MS, SLOW_MS = 100, 3000
CALLERS = 16
# A seed says which calls hang, the first calls teach how long one takes.
TWO_WAYS = f"headers_ms={FAST_MS},fault=late,ms={SLOW_MS - FAST_MS},probability=0.05"


def configuration(base_url: str) -> str:
    target = f'["sim/small@{TWO_WAYS}"]'
    return "\n".join(
        (
            f'vendors: {{ sim: {{ kind: sim, base_url: "{base_url}" }} }}',
            "models:",
            f"  hedged: {{ targets: {target}, hedge: true }}",
            f"  plain: {{ targets: {target} }}",
            "reliability: { breakers: false }",
            f"admin_key: {ADMIN_KEY}",
        )
    )


async def ask(gateway: Gateway, model: str, calls: int) -> list[float]:
    """How long each of so many calls took, in seconds, a few of them at a time."""
    headers = {"authorization": f"Bearer {gateway.key}"}
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "Which train?"}]}
    left = iter(range(calls))
    took: list[float] = []

    async def caller(session: aiohttp.ClientSession) -> None:
        for _ in left:
            began = time.monotonic()
            async with session.post("/v1/chat/completions", json=body) as response:
                assert response.status == 200 and (await response.read()).endswith(b"data: [DONE]\n\n")
            took.append(time.monotonic() - began)

    async with aiohttp.ClientSession(gateway.address, headers=headers) as session:
        await asyncio.gather(*(caller(session) for _ in range(CALLERS)))
    return took


def hung(values: list[float]) -> int:
    return sum(value > SLOW_MS / 1000 * 0.9 for value in values)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


@pytest.mark.parametrize("calls", [128, pytest.param(3000, marks=pytest.mark.soak)], ids=["quick", "soak"])
def test_hedging_cuts_the_tail_for_few_calls_more(simulator: Simulator, tmp_path: Path, calls: int) -> None:
    gateway = Gateway(tmp_path, configuration(simulator.base_url))
    with ExitStack() as stack:
        stack.enter_context(running(gateway))
        asyncio.run(ask(gateway, "hedged", 64))  # it has to learn first
        taught = gateway.metric("signalbox_extra_attempts_total", reason="hedge")
        plain = asyncio.run(ask(gateway, "plain", calls))
        hedged = asyncio.run(ask(gateway, "hedged", calls))
        extra = gateway.metric("signalbox_extra_attempts_total", reason="hedge") - taught
    before, after = percentile(plain, 0.99), percentile(hedged, 0.99)
    halves = f"p50 {percentile(plain, 0.5):.3f} s and {percentile(hedged, 0.5):.3f} s"
    tails = f"p99 {before:.3f} s without and {after:.3f} s with hedging"
    show(f"{calls} calls: {halves}, {tails}, {extra / calls:.1%} more calls")
    assert extra <= calls * 0.05 + 6, "its share, and what the calls before had earned"
    if calls > 1000:
        assert after <= before / 2
        assert hung(hedged) <= hung(plain) / 2
    assert hung(hedged) <= hung(plain)  # a machine that is busy makes others late, too
