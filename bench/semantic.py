"""`python -m bench.semantic`: how long a look-up by meaning takes, and what other calls wait for it."""

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated

import msgspec
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from bench import wire
from bench.cache_cost import WHO, deployed
from config.caching import CachePolicy, SemanticPolicy
from config.kinds import Operation
from dialects.openai.chat import OpenAIChat
from gateway.caching.likeness import Likeness
from gateway.caching.sought import Sought, seek
from gateway.call import Call, Cleared
from gateway.deployment import Deployment
from gateway.embedders.embedder import Embedder
from gateway.embedders.local import MODEL, LocalEmbedder, load_model

# Each is one token of the sentence model, which adds two of its own to a text.
_WORDS = (
    "the train is held at the home signal until the down line is clear and the next one may then pass "
    "over the bridge to the north station where most people change for the coast and the old town by road"
).split()
_TOKENS = 34
_TICK = 0.001  # seconds between two looks at the clock
_PAUSE = 0.01  # seconds between two look-ups

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds."""

    look_up: tuple[float, float]  # median and 99th percentile
    alone: float  # 99th percentile of how much later the loop does something than it was to do it
    beside: float  # the same while texts are looked for


@dataclass(frozen=True, slots=True)
class _Place:
    """Where texts are looked for."""

    likeness: Likeness
    policy: SemanticPolicy
    deployment: Deployment
    rng: random.Random


@app.command()
def semantic(
    model: Annotated[Path, typer.Option(help="The folder that `signalbox embedder install` has filled.")],
    entries: Annotated[int, typer.Option(help="Texts that each is compared with.")] = 20_000,
    seconds: Annotated[float, typer.Option(help="Of each of ten rounds.")] = 3.0,
) -> None:
    """Measure a look-up by meaning with the local embedder, and what all other calls wait meanwhile."""
    if not (model / MODEL).exists():
        Console(stderr=True).print(f"No {MODEL} in {model}: run `signalbox embedder install`.", style="red")
        raise typer.Exit(1)
    found = asyncio.run(measured(LocalEmbedder(model, load_model), entries, seconds))
    Console().print(shown(found))


async def measured(embedder: Embedder, entries: int, seconds: float, rounds: int = 5) -> Waits:
    """By turns without and with look-ups, so that what else runs falls on both alike."""
    likeness = Likeness(lambda name: embedder, lambda: 1.0)
    policy = SemanticPolicy(entries=entries)
    place = _Place(likeness, policy, deployed(CachePolicy(exact=600.0, semantic=policy)), random.Random(7))
    await _fill(place, entries)
    took: list[float] = []
    alone: list[float] = []
    beside: list[float] = []
    try:
        for _ in range(rounds):
            alone.append(await _lateness(seconds))
            busy = asyncio.ensure_future(_look_up_for(place, seconds))
            beside.append(await _lateness(seconds))
            took += await busy
    finally:
        await likeness.close()
    quantiles = float(np.percentile(took, 50)) * 1e3, float(np.percentile(took, 99)) * 1e3
    return Waits(quantiles, median(alone) * 1e3, median(beside) * 1e3)


async def _lateness(seconds: float) -> float:
    late: list[float] = []
    until = perf_counter() + seconds
    while (before := perf_counter()) < until:
        await asyncio.sleep(_TICK)
        late.append(perf_counter() - before - _TICK)
    return float(np.percentile(late, 99))


async def _look_up_for(place: _Place, seconds: float) -> list[float]:
    took: list[float] = []
    until = perf_counter() + seconds
    while perf_counter() < until:
        took.append(await _look_up(place))
        await asyncio.sleep(_PAUSE)
    return took


async def _look_up(place: _Place) -> float:
    sought = _sought(place, " ".join(place.rng.choices(_WORDS, k=_TOKENS - 2)))
    before = perf_counter()
    found = await place.likeness.inquire(sought, place.policy, _nothing)
    took = perf_counter() - before
    if isinstance(found, str):
        raise RuntimeError(f"nothing was looked up: {found}")
    return took


async def _nothing(fingerprint: bytes) -> None:
    return None


async def _fill(place: _Place, entries: int) -> None:
    """Texts in the scope of those that are looked for, their vectors in no order."""
    sought = _sought(place, "How do I get to the north station?")
    first = await place.likeness.inquire(sought, place.policy, _nothing)
    if isinstance(first, str):
        raise RuntimeError(f"nothing can be looked up: {first}")
    chance = np.random.default_rng(7)
    for number in range(entries):
        vector = chance.standard_normal(len(first.vector)).astype(np.float32)
        vector /= np.linalg.norm(vector)
        one = msgspec.structs.replace(sought, fingerprint=number.to_bytes(32, "big"))
        place.likeness.keep(one, msgspec.structs.replace(first, vector=vector))


def _sought(place: _Place, text: str) -> Sought:
    body = msgspec.json.encode({"model": wire.MODEL, "messages": [{"role": "user", "content": text}]})
    dialect, asked = OpenAIChat(), OpenAIChat().peek(body)
    call = Call("1", Operation.CHAT, "chat", dialect, body, asked, b"", 1.0, 1, place.deployment, [])
    rules = place.deployment.caching
    found = None if rules is None else seek(Cleared(call, WHO, body), rules, rules.facts.everybody)
    if not isinstance(found, Sought):
        raise RuntimeError(f"nothing can be looked up: {found}")
    return found


def shown(found: Waits) -> Table:
    """The table for people."""
    table = Table("", "ms", box=None, pad_edge=False)
    for what, value in (
        ("look-up, median", found.look_up[0]),
        ("look-up, 99 of 100 within", found.look_up[1]),
        ("other calls: 99 of 100 turns late by at most, alone", found.alone),
        ("the same beside look-ups", found.beside),
        ("added", found.beside - found.alone),
    ):
        table.add_row(what, f"{value:.2f}")
    return table


if __name__ == "__main__":
    app()
