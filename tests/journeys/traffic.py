"""Mixed calls of callers who ask for anything, meet every fault, leave early, and outlast a dead gateway."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.journeys.program import Gateway

FAULTS = (
    "refuse",
    "status",
    "stall_headers",
    "stall_content",
    "cut_text",
    "cut_tool",
    "malformed",
    "inband_error",
    "no_usage",
    "no_finish",
)
MODELS = ("sim/small", "sim/large", "sim/echo", "sim/reasoner", "sim/tools", "sim/sim-odd", "either", "shaky")
GROUPS = """\
  steady: { targets: [sim/echo] }
  either: { targets: [{ to: sim/small, weight: 3 }, sim/large] }
  shaky:
    targets: ["sim/small@fault=status,status=503,probability=0.5"]
    fallback: [broken, steady]
  broken: { targets: ["sim/large@fault=cut_text,after=0,probability=0.5"] }
"""
_TOOL = {
    "type": "function",
    "function": {"name": "signal", "parameters": {"type": "object", "properties": {}}},
}
_WORDS = "the down train waits at the home signal until the block is clear and the bell has rung".split()


@dataclass(frozen=True, slots=True)
class Wish:
    """One call that somebody wants answered; `leaves_after` seconds its caller is gone."""

    path: str
    body: dict[str, Any]
    leaves_after: float | None


def wishes(seed: int, count: int) -> Iterator[Wish]:
    """The same calls for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        leaves = chance.uniform(0.001, 0.12) if chance.random() < 0.12 else None
        kind = chance.random()
        if kind < 0.12:
            words = [" ".join(chance.sample(_WORDS, 5)) for _ in range(chance.randint(1, 4))]
            body: dict[str, Any] = {"model": "sim/embed-small", "input": words}
            asked = _behaviour(chance, leaves)
            asked.get("metadata", {}).get("sim", {}).pop("usage", None)  # embeddings report their input alone
            yield Wish("/v1/embeddings", {**body, **asked}, leaves)
            continue
        body = {"model": chance.choice(MODELS), **_behaviour(chance, leaves)}
        if chance.random() < 0.6:
            body["stream"] = True
            if chance.random() < 0.5:
                body["stream_options"] = {"include_usage": chance.random() < 0.8}
        text = " ".join(chance.choices(_WORDS, k=chance.randint(1, 40)))
        if kind < 0.25:
            yield Wish("/v1/completions", {**body, "prompt": text}, leaves)
            continue
        if chance.random() < 0.2:
            body |= {"tools": [_TOOL], "tool_choice": "required"}
        yield Wish("/v1/chat/completions", {**body, "messages": [{"role": "user", "content": text}]}, leaves)


def _behaviour(chance: random.Random, leaves: float | None) -> dict[str, Any]:
    behaviour: dict[str, Any] = {}
    if chance.random() < 0.5:
        behaviour["length"] = chance.randint(1, 80)
    if leaves is not None:
        behaviour |= {"length": 100, "tokens_per_second": 1000}
    if chance.random() < 0.2:
        fault: dict[str, Any] = {"kind": chance.choice(FAULTS), "end": chance.choice(("reset", "close"))}
        if fault["kind"] == "status":
            fault["status"] = chance.choice((400, 401, 403, 404, 409, 422, 429, 500, 503, 529))
        if chance.random() < 0.7:
            fault["after"] = chance.randint(0, 6)
        behaviour["fault"] = fault
    elif leaves is None and chance.random() < 0.4:  # nobody could guess these: only where they are told
        sent = chance.randint(0, 5000)
        written = chance.randint(1, 3000)
        behaviour["usage"] = {
            "input": sent,
            "cached": chance.randint(0, sent),
            "output": written,
            "reasoning": chance.randint(0, written),
        }
    return {"metadata": {"sim": behaviour}} if behaviour else {}


async def perform(
    gateway: Gateway, calls: Iterator[Wish], callers: int, kill_at: tuple[int, ...]
) -> Counter[str]:
    """How the calls ended for their callers. The gateway is killed, and started, after so many of them."""
    outcomes: Counter[str] = Counter()

    async def caller(session: aiohttp.ClientSession) -> None:
        for wish in calls:
            outcomes[await _insist(session, gateway, wish)] += 1

    async def killer() -> None:
        for mark in kill_at:
            while outcomes.total() < mark:  # noqa: ASYNC110 - a look costs less than an event for each call
                await asyncio.sleep(0.005)
            await asyncio.to_thread(gateway.kill)
            await asyncio.to_thread(gateway.start)

    connector = aiohttp.TCPConnector(limit=0)
    headers = {"authorization": f"Bearer {gateway.key}"}
    async with aiohttp.ClientSession(gateway.address, connector=connector, headers=headers) as session:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(killer())
            for _ in range(callers):
                tasks.create_task(caller(session))
    return outcomes


async def _insist(session: aiohttp.ClientSession, gateway: Gateway, wish: Wish) -> str:
    """Ask until somebody listens: a call that reached nobody was not made."""
    while True:
        try:
            async with asyncio.timeout(wish.leaves_after):
                return await _ask(session, wish)
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.05)
        except TimeoutError:
            return "left by the caller"
        except aiohttp.ClientError:
            return "broken off"


async def _ask(session: aiohttp.ClientSession, wish: Wish) -> str:
    async with session.post(wish.path, json=wish.body) as response:
        body = await response.read()
    if response.status != 200:
        return f"refused with {response.status}"
    if not wish.body.get("stream") or body.endswith(b"data: [DONE]\n\n"):
        return "answered"
    assert b'"error"' in body, f"a stream that did not end well says nothing of it: {body[-300:]!r}"
    return "broken by an error event"
