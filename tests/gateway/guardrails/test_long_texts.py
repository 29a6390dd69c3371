"""While guards look at a long text, or at one that was made to keep them busy, others go on."""

import asyncio
import json
import random
import string
import threading
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import pytest

from config.catalog import GuardFacts, GuardSettings
from gateway.call import Call
from gateway.guardrails.cordons import Cordon, Cordons, Post
from guardrails.guard import Finding, Segment, Stage
from tests.gateway.relaying.vendor import Vendor, begins, line
from tests.gateway.road import WHO, Answer, Road

# The aim is 5 ms. A machine that many share stops a process for longer than that by itself: the best of some
# tries counts, how long the loop is stopped while it has nothing to do, and for how long our threads wait.
SECONDS = 0.06
TRIES = 6

CALM = "The trains between Ghent and Bruges run every half hour until midnight, and on Sundays every hour. "
TEXTS = {
    "calm": CALM * (1024 * 1024 // len(CALM)),
    "with findings": (CALM * 20 + "Write to ann@night-train.example or call +1 212 555 0187. ") * 500,
    "digits": "4-" * 8 * 1024,
    "digits in groups": "4111 " * 3 * 1024,
    "at random": "".join(random.Random(7).choices(string.ascii_letters + "0123456789:.-/@+_= ", k=60 * 1024)),
}


def waited() -> float:
    """Seconds for which our threads have waited for a processor; 0 where the kernel does not say."""
    found = 0
    for file in Path("/proc/self/task").glob("*/schedstat"):
        with suppress(OSError):  # a thread that has ended
            found += int(file.read_text().split()[1])
    return found / 1e9


class Gaps:
    """The longest time for which the loop did nothing else, but for what others on the machine made of it."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._waited = waited()

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        last = loop.time()
        while True:
            await asyncio.sleep(0)
            now = loop.time()
            if now - last > SECONDS:
                before, self._waited = self._waited, waited()
                self.longest = max(self.longest, now - last - max(0.0, self._waited - before))
                now = loop.time()
            else:
                self.longest = max(self.longest, now - last)
            last = now


def guarded(text: str) -> tuple[Road, Call]:
    road = Road({"one": [Answer()]})
    guards = {kind: GuardFacts(kind, kind, budget=20.0) for kind in ("pii", "secrets", "injection")}
    catalog = replace(road.deployment.catalog, guards=MappingProxyType(guards), guardrails=tuple(guards))
    road.deployment.cordons = Cordons(catalog)
    call = road.call()
    call.body = json.dumps({"model": "fast", "messages": [{"role": "user", "content": text}]}).encode()
    return road, call


async def longest(work: Awaitable[object]) -> float:
    gaps = Gaps()
    watching = asyncio.ensure_future(gaps.watch())
    try:
        await work
    finally:
        watching.cancel()
    return gaps.longest


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
async def test_others_go_on(text: str) -> None:
    for _ in range(TRIES):
        idle = await longest(asyncio.sleep(0.2))
        road, call = guarded(text)
        if await longest(road.services.guardrails.clear(WHO, call)) < max(SECONDS, 2 * idle):
            return
    pytest.fail("the loop stood still")


@pytest.mark.parametrize(
    ("text", "aside"),
    [*((text, True) for text in TEXTS.values()), (CALM * 30, True), (CALM * 5, False), ("4-" * 50, False)],
    ids=[*TEXTS, "not short", "short", "few digits"],
)
async def test_what_takes_long_is_looked_at_in_a_thread(text: str, aside: bool) -> None:
    road, call = guarded(text)
    seen: list[bool] = []

    class Sees:
        name, stages, partial, kinds = "sees", frozenset[Stage](["input"]), (), frozenset[str]()

        def inspect(self, segment: Segment) -> list[Finding]:
            seen.append(threading.current_thread() is not threading.main_thread())
            return []

    cordon = Cordon((Post(Sees(), GuardFacts("sees", "words")),), (), True, GuardSettings())
    road.deployment.cordons = cast(Any, type("All", (), {"of": lambda *_: cordon})())
    await road.services.guardrails.clear(WHO, call)
    assert seen == [aside]


WORDS = "guards: { words: { stages: [output], words: [night train] } }\nguardrails: [words]"


@pytest.mark.parametrize("text", ["if a < b:\n    return 1\n" * 40, CALM * 250], ids=["odd", "long"])
async def test_what_a_stream_begins_with_does_not_wait_for_what_comes_next(tmp_path: Path, text: str) -> None:
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    chunk |= {"choices": [{"index": 0, "delta": {"role": "assistant", "content": text}}]}
    vendor = Vendor(begins(b"data: %b\n\n" % json.dumps(chunk).encode(), "text/event-stream"))
    body = {"model": "one", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}
    async with line(tmp_path, vendor, more=WORDS) as relay, asyncio.timeout(20):
        asking = relay.here.client.stream(
            "POST", "/v1/chat/completions", json=body, headers=relay.here.headers
        )
        async with asking as answer:
            said = b""
            async for piece in answer.aiter_raw():
                said += piece
                if said.endswith(b"\n\n"):
                    break
        told = json.loads(said.partition(b"data: ")[2])["choices"][0]["delta"]["content"]
        assert text.startswith(told) and len(text) - len(told) < 32
