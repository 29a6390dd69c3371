"""`python -m bench.semantic`: how long a semantic lookup takes, and how much it delays other calls."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated

import msgspec
import numpy as np
import typer
import uvloop
from rich.console import Console
from rich.table import Table

from bench import wire
from bench.cache_cost import WHO, deployed
from caching.kept import Kept
from caching.semantic.subject import Subject
from caching.semantic.traits import traits
from caching.semantic.wording import bare
from config.caching import CachePolicy, SemanticPolicy
from config.kinds import Operation
from dialects.openai.chat import OpenAIChat
from gateway.caching.likeness import Likeness
from gateway.caching.sought import Sought, seek
from gateway.call import Call, Cleared
from gateway.deployment import Deployment
from gateway.embedders.embedder import Embedder
from gateway.embedders.local import MODEL, LocalEmbedder, load_model

# Each word is one token of the sentence model, which adds two tokens of its own to a text.
_WORDS = (
    "the train is held at the home signal until the down line is clear and the next one may then pass "
    "over the bridge to the north station where most people change for the coast and the old town by road"
).split()
_TOKENS = 34
_TICK = 0.001  # seconds between two checks of the clock
_PAUSE = 0.01  # seconds between two lookups

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds. Pairs are the median and the 99th percentile."""

    unlike: tuple[float, float]  # of an unrelated text: its caller does not wait for a lookup
    plain: tuple[float, float]  # of one that differs only in phrases of politeness and so shares a vector
    look_up: tuple[float, float]  # of one that may have an answer and needs an embedding
    alone: float  # 99th percentile of the event loop's lateness
    beside: float  # the same during lookups


@dataclass(frozen=True, slots=True)
class _Place:
    """What lookups need."""

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
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # the gateway's event loop
        found = runner.run(measured(LocalEmbedder(model, load_model), entries, seconds))
    Console().print(shown(found))


async def measured(embedder: Embedder, entries: int, seconds: float, rounds: int = 5) -> Waits:
    """Measures in turn without and with lookups, so that other load affects both alike."""
    likeness = Likeness(lambda name: embedder, lambda: 1.0)
    policy = SemanticPolicy(entries=entries)
    place = _Place(likeness, policy, deployed(CachePolicy(exact=600.0, semantic=policy)), random.Random(7))
    known = cycle(await _fill(place, entries))
    took: list[tuple[float, ...]] = []
    alone: list[float] = []
    beside: list[float] = []
    try:
        for _ in range(rounds):
            alone.append(await _lateness(seconds))
            busy = asyncio.ensure_future(_look_up_for(place, known, seconds))
            beside.append(await _lateness(seconds))
            took += await busy
    finally:
        await likeness.close()
    unlike, plain, other = zip(*took, strict=True)
    late = median(alone) * 1e3, median(beside) * 1e3
    return Waits(_quantiles(unlike), _quantiles(plain), _quantiles(other), *late)


def _quantiles(took: Sequence[float]) -> tuple[float, float]:
    return float(np.percentile(took, 50)) * 1e3, float(np.percentile(took, 99)) * 1e3


async def _lateness(seconds: float) -> float:
    late: list[float] = []
    until = perf_counter() + seconds
    while (before := perf_counter()) < until:
        await asyncio.sleep(_TICK)
        late.append(perf_counter() - before - _TICK)
    return float(np.percentile(late, 99))


async def _look_up_for(place: _Place, known: Iterator[str], seconds: float) -> list[tuple[float, ...]]:
    """Looks up in turn an unrelated text, one with only politeness added, and one with a word added."""
    took: list[tuple[float, ...]] = []
    until = perf_counter() + seconds
    while perf_counter() < until:
        unlike = await _look_up(place, _text(place.rng), hoped=False)
        plain = await _look_up(place, f"{next(known)}, please", hoped=True)
        took.append((unlike, plain, await _look_up(place, f"{next(known)} actually", hoped=True)))
    return took


async def _look_up(place: _Place, text: str, *, hoped: bool) -> float:
    """How long the caller waits. Background lookups are finished before this returns."""
    likeness, sought = place.likeness, _sought(place, text)
    before = perf_counter()
    inquiry = likeness.begin(sought, place.policy)
    if isinstance(inquiry, str) or likeness.hopes(inquiry) is not hoped:
        raise RuntimeError(f"not looked up as it should be: {inquiry}")
    if hoped:
        await likeness.look(inquiry, _something)
    else:
        likeness.looks.start(inquiry, likeness.look(inquiry, _nothing))
    took = perf_counter() - before
    await likeness.looks.close()
    await asyncio.sleep(_PAUSE)
    return took


def _text(rng: random.Random) -> str:
    return " ".join(rng.choices(_WORDS, k=_TOKENS - 2))


async def _nothing(fingerprint: bytes) -> None:
    return None


async def _something(fingerprint: bytes) -> Kept:
    times = 0.0, 0.0, 0.0
    return Kept(Operation.CHAT, False, False, b"", b"", "", "", None, 0, None, 1, *times, "", "", "")


async def _fill(place: _Place, entries: int) -> list[str]:
    """Stores texts in the scope of the lookups, with random vectors."""
    inquiry = place.likeness.begin(_sought(place, _text(place.rng)), place.policy)
    if isinstance(inquiry, str):
        raise RuntimeError(f"nothing can be looked up: {inquiry}")
    await place.likeness.look(inquiry, _nothing)
    if inquiry.vector is None:
        raise RuntimeError("the embedder gives no vector")
    chance, width, known = np.random.default_rng(7), len(inquiry.vector), []
    for number in range(entries):
        known.append(_text(place.rng))
        vector = chance.standard_normal(width).astype(np.float32)
        subject = Subject(inquiry.subject.scope, known[-1], traits(known[-1]))
        unit, plain = vector / np.linalg.norm(vector), bare(known[-1])
        one = msgspec.structs.replace(inquiry, subject=subject, plain=plain, vector=unit)
        place.likeness.keep(number.to_bytes(32, "big"), one)
    return known


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
        ("a text like no other, before its call goes on, median", found.unlike[0]),
        ("the same, 99 of 100 within", found.unlike[1]),
        ("look-up of a text that differs in manners, median", found.plain[0]),
        ("the same, 99 of 100 within", found.plain[1]),
        ("look-up of a text that differs in small words, median", found.look_up[0]),
        ("the same, 99 of 100 within", found.look_up[1]),
        ("other calls: 99 of 100 turns late by at most, alone", found.alone),
        ("the same beside look-ups", found.beside),
        ("added", found.beside - found.alone),
    ):
        table.add_row(what, f"{value:.2f}")
    return table


if __name__ == "__main__":
    app()
