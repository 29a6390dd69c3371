"""A refresh runs once for each answer, beside everything else, and its failure is nobody's."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, cast

import msgspec
import pytest

from caching.purging import order
from config.caching import CachePolicy
from gateway.caching.refreshing import Nowhere, Refreshing
from gateway.call import Call
from gateway.errors import BadRequest, Header
from gateway.pipeline import answer
from tests.gateway.road import Answer, Caller, Road
from tests.patience import until

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
    wish = (b"x-signalbox-regions", b"eu")
    call.headers = ((b"cache-control", b"max-age=60"), wish)
    anew = refreshing_by(answer).anew(call, "renews")
    assert (anew.id, anew.arrived, anew.attempts, anew.cache, anew.caller) == ("req_anew", 7.0, 0, "", None)
    assert anew.body is call.body
    assert anew.trail == [("cache", "renews", call.id, {})]
    assert anew.headers == (wish, (b"cache-control", b"no-cache"))


def asks(road: Road, seconds: float, *headers: Header) -> Call:
    """A call that comes so long after the first answer."""
    at_ms = int((road.books.clock.unix_seconds() + seconds) * 1000)
    return msgspec.structs.replace(road.call(), at_ms=at_ms, headers=headers)


async def ask(road: Road, call: Call) -> str:
    """What the cache said."""
    await answer(call, road.services, Caller(road.log))
    return call.cache


def renewing() -> Road:
    policy = CachePolicy(exact=60.0, stale_while_revalidate=60.0)
    road = Road({"one": [Answer()], "two": [Answer()]}, cache=policy)
    road.refresh()
    return road


async def test_what_is_renewed_goes_where_its_caller_lets_it_and_is_kept_for_its_equals() -> None:
    road = renewing()
    wishes: tuple[Header, ...] = ((b"x-signalbox-vendors", b"two"), (b"x-signalbox-cache-tags", b"faq"))
    said = [await ask(road, asks(road, seconds, *wishes)) for seconds in (0, 90)]
    await until(lambda: len(road.rows) == 3)
    said.append(await ask(road, asks(road, 10, *wishes)))
    assert said == ["miss", "stale", "hit"]
    assert [name for name, _, _ in road.vendors.requests] == ["two", "two"]
    road.services.cache.obey([order("tag", "faq")])
    assert await ask(road, asks(road, 10, *wishes)) == "miss"


async def test_who_pays_for_no_answer_has_none_renewed() -> None:
    road = renewing()
    assert await ask(road, asks(road, 0)) == "miss"
    assert await ask(road, asks(road, 90, (b"cache-control", b"only-if-cached"))) == "stale"
    assert not road.services.cache._refreshing._tasks  # type: ignore[union-attr]
    assert len(road.vendors.requests) == 1
