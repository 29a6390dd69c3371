"""A late first attempt gets company: one of them answers, each leaves its row, nobody is asked in vain."""

import asyncio
from dataclasses import replace
from typing import Any, TypeVar
from unittest.mock import Mock

import pytest

from config.limit import Limit
from dialects.errors import Malformed
from gateway.errors import NobodyAnswered
from gateway.pipeline import answer
from gateway.upstream import ConnectRefused, HeadersTimeout
from routing.budget import Budget
from routing.recent import Recent
from tests.gateway.limited import Limited
from tests.gateway.road import ERROR_ANSWER, HANG, HELLO, ROLE, STREAM, Answer, Caller, Road, streams
from tests.patience import until

AnyRoad = TypeVar("AnyRoad", bound=Road)
LATE_MS = 20.0
GOOD, NEVER = Answer(), Answer(fails=HANG)


def road(script: dict[str, list[Answer]], budget: Budget | None = None) -> Road:
    """A road whose group is hedged, and whose first target is known to take 20 ms at most."""
    return hedged(Road(script), budget)


def hedged(made: AnyRoad, budget: Budget | None = None) -> AnyRoad:
    """The same with the one that is given."""
    route = made.deployment.route("fast")
    assert route is not None
    object.__setattr__(route, "hedged", True)
    for line in route.lines.values():
        line.state.recent = Recent()
        line.state.recent.late_ms = LATE_MS
    if budget is not None:
        made.services.attempts._hedges = budget
    return made


def statuses(made: Road) -> list[tuple[str, str]]:
    return sorted((row.vendor, row.status) for row in made.rows)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
async def test_who_has_content_first_answers_and_the_other_is_closed(stream: bool) -> None:
    made = road({"one": [NEVER], "two": [STREAM if stream else GOOD]})
    caller = Caller(made.log)
    await made.run(caller, made.call(stream=stream))
    assert caller.head is not None and b"x-signalbox-target: two/m\r\n" in caller.head.block
    assert statuses(made) == [("one", "cancelled"), ("two", "ok")]
    (lost,) = [row for row in made.rows if row.vendor == "one"]
    assert lost.estimated and lost.usage.input > 0 and lost.usage.output == 0
    states = [line.state for line in made.deployment.route("fast").lines.values()]  # type: ignore[union-attr]
    assert [(state.in_flight, state.streams.pending, state.wholes.pending) for state in states] == [
        (0, {}, {})
    ] * 2


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
async def test_company_that_cannot_be_told_what_was_asked_is_no_attempt(stream: bool) -> None:
    """It is known before anything is sent, and leaves no row."""

    async def until_company_came() -> None:
        await until(lambda: any(step == "two/m" for _, step, *_ in call.trail))
        for _ in range(50):
            await asyncio.sleep(0)

    steps = (STREAM if stream else GOOD).steps
    made = road({"one": [Answer([until_company_came, *steps])], "two": [GOOD]})
    route = made.deployment.route("fast")
    assert route is not None
    call, caller = made.call(stream=stream), Caller(made.log)
    ways = route.lines["two/m"].lanes[0].ways
    passage = Mock(wraps=ways[call.operation].passage, translates=False)
    passage.request.side_effect = Malformed("it cannot say that", code="unsupported")
    ways[call.operation] = replace(ways[call.operation], passage=passage)
    await made.run(caller, call)
    assert statuses(made) == [("one", "ok")]
    assert caller.head is not None and b"x-signalbox-attempts: 1\r\n" in caller.head.block


async def test_an_answer_in_time_needs_no_company() -> None:
    made = road({"one": [GOOD], "two": [GOOD]})
    await made.run(Caller(made.log), made.call())
    assert [request[0] for request in made.vendors.requests] == ["one"]


async def test_the_only_target_is_asked_twice() -> None:
    made = road({"one": [NEVER, GOOD]})
    await made.run(Caller(made.log), made.call())
    assert statuses(made) == [("one", "cancelled"), ("one", "ok")]


async def test_without_a_budget_it_is_waited_for() -> None:
    made = road({"one": [Answer([lambda: asyncio.sleep(0.05), *GOOD.steps])], "two": [GOOD]}, Budget(0.0, 0))
    call = made.call()
    await made.run(Caller(made.log), call)
    assert statuses(made) == [("one", "ok")]
    assert ("route", "denied", "the hedge budget is spent", {}) in call.trail


async def test_a_failure_before_it_is_late_goes_the_usual_way() -> None:
    made = road({"one": [Answer(fails=ConnectRefused("v", "connect", "no"))], "two": [GOOD]})
    await made.run(Caller(made.log), made.call())
    assert statuses(made) == [("one", "error"), ("two", "ok")]


async def test_one_that_fails_amid_a_race_leaves_the_other_to_win() -> None:
    async def a_while() -> None:
        await until(lambda: made.rows)  # of the other, which has failed

    made = road({"one": [Answer([a_while, *GOOD.steps])], "two": [ERROR_ANSWER]})
    await made.run(Caller(made.log), made.call())
    assert statuses(made) == [("one", "ok"), ("two", "error")]


async def test_when_both_fail_those_that_are_left_are_asked() -> None:
    async def late() -> None:
        await until(lambda: made.rows)
        raise HeadersTimeout("v", "headers", "no")

    made = road({"one": [Answer([late])], "two": [ERROR_ANSWER], "three": [GOOD]})
    await made.run(Caller(made.log), made.call())
    assert statuses(made) == [("one", "timeout"), ("three", "ok"), ("two", "error")]


async def test_when_nobody_answers_everybody_is_named() -> None:
    async def late() -> None:
        await until(lambda: made.rows)
        raise HeadersTimeout("v", "headers", "no")

    made = road({"one": [Answer([late])], "two": [ERROR_ANSWER]})
    with pytest.raises(NobodyAnswered, match=r"two/m.*one/m"):
        await made.run(Caller(made.log), made.call())


async def test_a_caller_that_leaves_leaves_nothing_behind() -> None:
    made = road({"one": [NEVER], "two": [NEVER]})
    running: asyncio.Task[Any] = asyncio.ensure_future(made.run(Caller(made.log), made.call()))
    await asyncio.sleep(3 * LATE_MS / 1000)
    await until(lambda: len(made.vendors.requests) == 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await until(lambda: len(made.rows) == 2)
    assert statuses(made) == [("one", "cancelled"), ("two", "cancelled")]


async def test_a_stream_that_breaks_after_it_won_is_not_begun_again() -> None:
    made = road({"one": [NEVER], "two": [streams(ROLE, HELLO)]})
    caller = Caller(made.log)
    with pytest.raises(Exception, match="broke off"):
        await made.run(caller, made.call(stream=True))
    assert caller.body == ROLE + HELLO
    assert statuses(made) == [("one", "cancelled"), ("two", "cut")]


async def test_company_that_the_budget_cannot_pay_does_not_come_and_the_first_goes_on() -> None:
    async def until_it_is_refused() -> None:
        await until(lambda: any(step == "two/m" for _, step, *_ in call.trail))
        for _ in range(50):
            await asyncio.sleep(0)

    slow = Answer([until_it_is_refused, *GOOD.steps])
    made = hedged(Limited({"one": [slow], "two": [GOOD]}, Limit("spend", 2_000_000, "month", hard=True)))
    caller = Caller(made.log)
    call = made.call()
    await answer(call, made.services, caller)
    assert statuses(made) == [("one", "ok")]
    assert caller.head is not None and b"x-signalbox-attempts: 1\r\n" in caller.head.block
