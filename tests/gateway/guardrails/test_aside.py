"""Pieces that are looked at beside the loop come out in their order, each looked at once."""

import asyncio
import json
import threading
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from config.caching import CachePolicy
from config.catalog import GuardFacts
from gateway.errors import Blocked
from gateway.guardrails.aside import Aside
from gateway.guardrails.cordons import Cordons
from gateway.pipeline import answer
from tests.gateway.road import DONE, HELLO, ROLE, STOP, Caller, Road, streams
from tests.patience import until

PATIENCE = 60  # seconds
TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
LONG = "the next train leaves at noon, " * 1000


def event(text: str) -> bytes:
    return b"data: %b\n\n" % json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}).encode()


def said(body: bytes) -> str:
    lines = [json.loads(line[6:]) for line in body.splitlines() if line.startswith(b"data: {")]
    return "".join(line["choices"][0]["delta"].get("content", "") for line in lines)


def road(*steps: Any, cache: CachePolicy | None = None, **facts: Any) -> Road:
    made = Road({"one": [streams(*steps)]}, cache=cache)
    guard = GuardFacts("keys", "secrets", stages=("output",), **{"action": "redact"} | facts)
    guards = MappingProxyType({"keys": guard})
    catalog = replace(made.deployment.catalog, guards=guards, guardrails=("keys",))
    made.deployment.cordons = Cordons(catalog)
    return made


HALF = TOKEN[:9]
LEAKS = (LONG + TOKEN, " and ", "also" + LONG + HALF, TOKEN[9:] + " so " + LONG)
EVENTS = [event(each) for each in LEAKS]
CLEAN = "".join(LEAKS).replace(TOKEN, "[SECRET]")
ENDS = (STOP, DONE)


@pytest.mark.parametrize(
    "steps",
    [
        (ROLE, *EVENTS, *ENDS),
        (*EVENTS, *ENDS),
        (ROLE, *EVENTS[:3], EVENTS[3] + STOP + DONE),
        (b"".join([ROLE, *EVENTS, *ENDS]),),
        (ROLE + EVENTS[0], EVENTS[1] + EVENTS[2], EVENTS[3] + STOP, DONE),
        (ROLE, EVENTS[0], *EVENTS[1:], STOP + DONE),
    ],
    ids=["apart", "first", "the last with the end", "at once", "in twos", "the end at once"],
)
async def test_what_leaves_does_not_depend_on_how_long_pieces_come(steps: tuple[bytes, ...]) -> None:
    made = road(*steps)
    caller = Caller(made.log)
    await answer(made.call(stream=True), made.services, caller)
    assert said(caller.body) == CLEAN and caller.complete
    assert caller.body.endswith(DONE) and caller.body.count(b"[DONE]") == 1
    assert [row.status for row in made.rows] == ["ok"]
    given = [place for place, entry in enumerate(made.log) if isinstance(entry, tuple)]
    assert made.log.index(made.rows[0]) < given[-1]
    assert made.metrics.findings.counts == {("keys", "SECRET", "redact", "enforce"): 2}


@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize("first", [True, False])
async def test_what_is_forbidden_stops_a_long_piece_before_its_row_is_written(
    first: bool, ends: bool
) -> None:
    long = event(LONG + TOKEN) + (STOP + DONE if ends else b"")
    made = road(*([] if first else [ROLE, HELLO]), long, *([] if ends else [STOP, DONE]), action="block")
    caller = Caller(made.log)
    with pytest.raises(Blocked):
        await answer(made.call(stream=True), made.services, caller)
    assert [row.status for row in made.rows] == ["blocked"]
    assert HALF.encode() not in caller.body and not caller.complete


async def test_others_run_while_a_long_piece_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    made, turns, may = road(ROLE, event(LONG + TOKEN), STOP, DONE), 0, threading.Event()
    call = made.call(stream=True)
    watch = made.services.guardrails.watch

    def watched(cleared: Any, caller: Any) -> Any:
        sink = watch(cleared, caller)
        inner = sink._shielded()
        fed = inner._fed

        def slow(data: bytes) -> bytes:
            if len(data) > len(LONG):
                assert may.wait(PATIENCE)
            return bytes(fed(data))

        inner._fed = slow
        return sink

    monkeypatch.setattr(made.services.guardrails, "watch", watched)
    caller = Caller(made.log)
    task = asyncio.ensure_future(answer(call, made.services, caller))
    for _ in range(100):
        await asyncio.sleep(0)
        turns += 1
    assert turns == 100 and not task.done() and TOKEN.encode() not in caller.body
    may.set()
    await task
    assert "[SECRET]" in said(caller.body)


async def test_others_who_wait_for_the_same_answer_get_all_of_it() -> None:
    made = road(ROLE, *EVENTS, *ENDS, cache=CachePolicy(exact=60))
    callers = [Caller(made.log), Caller(made.log)]
    await asyncio.gather(*(answer(made.call(stream=True), made.services, each) for each in callers))
    assert [said(each.body) for each in callers] == [CLEAN, CLEAN]
    again = Caller(made.log)
    await answer(made.call(stream=True), made.services, again)
    assert said(again.body) == CLEAN and again.complete


def fails(data: bytes) -> bytes:
    raise ValueError(data)


async def test_each_is_looked_at_once_though_whoever_waited_was_cancelled() -> None:
    aside, may = Aside(), threading.Event()
    looked: list[bytes] = []

    def look(data: bytes) -> bytes:
        assert may.wait(PATIENCE)
        looked.append(data)
        return data.upper()

    aside.add(look, b"a")
    aside.add(fails, b"b")
    waits = asyncio.ensure_future(aside.first())
    await asyncio.sleep(0)
    waits.cancel()
    await until(waits.done)
    may.set()
    assert (await aside.first())(b"") == b"A" and looked == [b"a"] and len(aside.pieces) == 1
    with pytest.raises(ValueError, match="b"):
        (await aside.first())(b"")
    assert not aside.pieces


def test_who_cannot_wait_looks_for_themselves() -> None:
    aside = Aside()
    aside.add(bytes.upper, b"a")
    look, data = aside.now()
    assert look(data) == b"A" and not aside.pieces
