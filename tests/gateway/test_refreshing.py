"""A refresh runs once for each answer, beside everything else, and its failure is nobody's."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest

from gateway.call import Call
from gateway.errors import BadRequest
from gateway.refreshing import Nowhere, Refreshing
from tests.gateway.road import Answer, Road, until

Answering = Callable[[Call], Coroutine[Any, Any, None]]


def refreshing_by(answer: Answering) -> Refreshing:
    return Refreshing(answer, lambda: "req_anew", lambda: 7.0)


async def test_the_same_answer_is_renewed_once_at_a_time() -> None:
    gate, started = asyncio.Event(), []

    async def answer(call: Call) -> None:
        started.append(call)
        await gate.wait()

    refreshing, call = refreshing_by(answer), Road({"one": [Answer()]}).call()
    for fingerprint in (b"a", b"a", b"b"):
        refreshing.start(fingerprint, call)
    await until(lambda: len(started) == 2)
    gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    refreshing.start(b"a", call)
    await until(lambda: len(started) == 3)


@pytest.mark.parametrize("error", [BadRequest("no"), RuntimeError("ours")], ids=["a caller's", "ours"])
async def test_a_failure_is_logged(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    async def answer(call: Call) -> None:
        raise error

    with caplog.at_level(logging.WARNING, "signalbox.cache"):
        refreshing_by(answer).start(b"a", Road({"one": [Answer()]}).call())
        await until(lambda: "could not be renewed" in caplog.text)


async def test_nowhere_takes_everything_and_waits_for_nothing() -> None:
    sink, head = Nowhere(), cast(Any, None)
    sink.begin(head, b"x")
    sink.hold(head, b"x")
    sink.write(b"x")
    sink.end()
    await sink.drained()
    assert not sink.paused


async def test_the_same_call_is_asked_anew_for_nobody() -> None:
    async def answer(call: Call) -> None:
        raise AssertionError("it is only made")

    call = Road({"one": [Answer()]}).call()
    call.attempts, call.cache = 2, "hit"
    anew = refreshing_by(answer).anew(call, "renews")
    assert (anew.id, anew.arrived, anew.attempts, anew.cache, anew.caller) == ("req_anew", 7.0, 0, "", None)
    assert anew.body is call.body
    assert anew.trail == [("cache", "renews", call.id, {})]
    assert anew.headers == ((b"cache-control", b"no-cache"),)
