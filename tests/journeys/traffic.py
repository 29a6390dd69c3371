"""Mixed calls of callers who ask for anything, meet every fault, leave early, and outlast a dead gateway."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from config.kinds import Operation
from tests.formats import FORMATS, Format
from tests.journeys.program import Gateway
from tests.journeys.vendors import KINDS

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
ASKED = tuple(each for each in FORMATS if each is not Operation.COMPLETIONS)
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
    form: Format = FORMATS[Operation.CHAT]
    stream: bool = False


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
        if chance.random() < 0.4:
            yield _translated(chance, leaves, text)
            continue
        if kind < 0.25:
            yield Wish("/v1/completions", {**body, "prompt": text}, leaves, stream="stream" in body)
            continue
        if chance.random() < 0.2:
            body |= {"tools": [_TOOL], "tool_choice": "required"}
        body["messages"] = [{"role": "user", "content": text}]
        yield Wish("/v1/chat/completions", body, leaves, stream="stream" in body)


def _translated(chance: random.Random, leaves: float | None, text: str) -> Wish:
    """A call in any format of a vendor of any, which is told by the model's name how to answer."""
    form = FORMATS[chance.choice(ASKED)]
    told = _behaviour(chance, leaves).get("metadata", {}).get("sim")
    model = f"{chance.choice(tuple(KINDS)).value}/{chance.choice(('small', 'reasoner', 'tools', 'sim-odd'))}"
    if told:
        model += "@" + json.dumps(told)
    stream = chance.random() < 0.6
    tool = "signal" if chance.random() < 0.4 else ""
    body = form.ask(model, text, stream=stream, tool=tool)
    return Wish(form.at(model, stream=stream), body, leaves, form, stream)


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
        cached = chance.randint(0, sent)
        kept = chance.randint(0, sent - cached)
        written = chance.randint(1, 3000)
        behaviour["usage"] = {
            "input": sent,
            "cached": cached,
            "written": kept,
            "written_1h": chance.randint(0, kept),
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
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
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
                return await _ask(session, gateway, wish)
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.05)
        except TimeoutError:
            return "left by the caller"
        except aiohttp.ClientError:
            return "broken off"


async def _ask(session: aiohttp.ClientSession, gateway: Gateway, wish: Wish) -> str:
    async with session.post(gateway.address + wish.path, json=wish.body) as response:
        body = await response.read()
    if response.status != 200:
        return f"refused with {response.status}"
    if not wish.stream or wish.form.clean.search(body):
        return "answered"
    assert wish.form.error(body, stream=True), "a stream that did not end well says nothing of it"
    return "broken by an error event"
