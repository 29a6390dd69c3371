"""The CPU time that the exact cache adds to a call inside the gateway, without sockets."""

import asyncio
import gc
import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import msgspec

from bench import wire
from bench.measure import Spread
from config.caching import CacheFacts, CachePolicy
from config.catalog import Catalog, ModelGroup, Secret, Settings, Target, Vendor
from config.kinds import Operation, VendorKind
from dialects.openai.chat import OpenAIChat
from dialects.usage import Usage
from gateway.books import Books
from gateway.caching.recalling import Recalling
from gateway.caching.refreshing import Nowhere
from gateway.call import Call, Cleared
from gateway.clock import Clock
from gateway.deployment import Deployment, UpstreamPool
from gateway.endpoints.reading import hear
from gateway.frames import Head
from gateway.telemetry.metrics import Metrics
from ledger.prices import compile_prices
from ledger.principal import Principal
from ledger.row import NanoDollars, UsageRow
from ledger.spool import Spool

WHO = Principal("key_1", "bench", "caller", "", "default", "default")
_NOW = 1_790_000_000.0
_FAKE = VendorKind("openai-like", "OpenAI-like", key_required=False)
_BLOCK = b"content-type: application/json\r\nx-signalbox-target: bench/fast\r\nx-signalbox-attempts: 1\r\n"
# An SDK's headers, and those of them that reach the request path.
_SENT = tuple(
    (name, b"application/json" if name == b"content-type" else b"Bearer " + b"x" * 24)
    for name in (b"host", b"accept", b"accept-encoding", b"connection", b"user-agent", b"authorization")
    + (b"content-type", b"content-length", b"x-stainless-lang", b"x-stainless-os", b"x-stainless-runtime")
)
_HEADERS = hear(_SENT, b"/v1/chat/completions", {}).said
_GIVEN = msgspec.json.encode(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_760_000_000,
        "model": wire.MODEL,
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "Held. " * 60}, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 212, "completion_tokens": 50, "total_tokens": 262},
    }
)


@dataclass(frozen=True, slots=True)
class Costs:
    """Microseconds of CPU added to a call; the unit is the cost of reading and hashing its body."""

    miss: Spread  # looked up, not found, its answer stored
    first: Spread  # the first hit: the stored answer is inspected
    hit: Spread  # a later hit: looked up, replayed, written to the ledger's spool
    unit: Spread


@dataclass(slots=True)
class _Bench:
    cache: Recalling
    deployment: Deployment
    row: UsageRow

    def calls(self, numbers: range, name: str) -> list[Cleared]:
        made = []
        for number in numbers:
            body = wire.request(wire.MODEL, 1024, number=number)
            asked = OpenAIChat().peek(body)
            call = Call(
                *(f"{name}{number}", Operation.CHAT, "chat", OpenAIChat(), body, asked, b"", 1.0),
                *(int(_NOW * 1000), self.deployment, []),
                headers=_HEADERS,
            )
            made.append(Cleared(call, WHO, body))
        return made

    async def answer(self, cleared: Cleared) -> None:
        rest = await self.cache.recall(cleared, _SINK)
        if rest is None:
            return
        with self.cache.remember(rest, _SINK) as kept:
            kept.begin(_HEAD, _GIVEN)
            cleared.call.served = self.row


_SINK, _HEAD = Nowhere(), Head(_BLOCK, whole=True, lasting=_BLOCK.splitlines(keepends=True)[1])


def measured(rounds: int = 30, calls: int = 300) -> Costs:
    """Each round makes `calls` calls of each kind, in turn, so that other load affects all kinds alike."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return asyncio.run(_measured(Path(folder), rounds, calls))


async def _measured(folder: Path, rounds: int, calls: int) -> Costs:
    spool = Spool(folder, clock=lambda: 1.0)
    books = Books(spool, Metrics(), Clock(lambda: int(_NOW * 1000), lambda: _NOW, lambda: 1.0))
    off, on = _bench(books, CachePolicy()), _bench(books, CachePolicy(exact=600.0))
    taken: dict[str, list[float]] = {"off": [], "miss": [], "first": [], "hit": [], "unit": []}
    gc.collect()
    gc.freeze()
    try:
        for turn in range(rounds):
            numbers = range(turn * calls, (turn + 1) * calls)
            for name, bench in (("off", off), ("miss", on), ("first", on), ("hit", on)):
                taken[name].append(await _micros(bench, bench.calls(numbers, name)))
            taken["unit"].append(_unit(off.calls(numbers, "unit")))
    finally:
        gc.unfreeze()
        spool.close()
    floor = Spread.of(taken["off"]).median
    added = {name: Spread.of([each - floor for each in taken[name]]) for name in ("miss", "first", "hit")}
    return Costs(**added, unit=Spread.of(taken["unit"]))


async def _micros(bench: _Bench, calls: Sequence[Cleared]) -> float:
    peek = OpenAIChat().peek
    began = time.process_time_ns()
    for each in calls:
        peek(each.body)  # as the request path has just done, with or without a cache
        await bench.answer(each)
    return (time.process_time_ns() - began) / len(calls) / 1000


def _unit(calls: Sequence[Cleared]) -> float:
    read: Callable[[bytes], object] = msgspec.json.decode
    began = time.process_time_ns()
    for each in calls:
        read(each.body)
        hashlib.sha256(each.body).digest()
    return (time.process_time_ns() - began) / len(calls) / 1000


def _bench(books: Books, policy: CachePolicy) -> _Bench:
    return _Bench(Recalling(books), deployed(policy), _row())


def deployed(policy: CachePolicy) -> Deployment:
    """A configuration with one model and this policy for all teams."""
    vendor = Vendor("bench", _FAKE, "http://bench.test/v1", Secret("none", "none"))
    catalog = Catalog(
        vendors=MappingProxyType({"bench": vendor}),
        models=MappingProxyType({wire.MODEL: ModelGroup(wire.MODEL, (Target("bench", wire.MODEL),))}),
        passthroughs=(),
        teams=MappingProxyType({}),
        prices=(),
        settings=Settings(),
        version="1",
        source="bench",
        cache=CacheFacts(everybody=policy),
    )
    return Deployment(catalog, compile_prices((), {}, datetime.fromtimestamp(_NOW, UTC)), UpstreamPool())


def _row() -> UsageRow:
    """The ledger row of a miss."""
    return UsageRow(
        attempt_id="1.1",
        at_ms=1,
        key_id="key_1",
        user="",
        team="default",
        organisation="default",
        endpoint="chat",
        model_asked=wire.MODEL,
        vendor="bench",
        model_served=wire.MODEL,
        status="ok",
        http_status=200,
        error_code="",
        usage=Usage(input=212, output=50),
        cost=NanoDollars(61_800),
        price_version="1",
        priced=True,
        estimated=False,
        stream=False,
        queue_ms=0.0,
        first_ms=1.0,
        total_ms=1.0,
    )
