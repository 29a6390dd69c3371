"""A caller is told to wait when nothing was heard for so long, and never about an answer that is there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from dialects.bedrock.converse import BedrockConverse
from gateway.attempts.waiting import Waiting
from gateway.errors import NobodyAnswered
from gateway.frames import Head
from gateway.upstream import FirstContentTimeout
from tests.gateway.road import DONE, FAILED, HELLO, ROLE, STOP, STREAM, Answer, Caller, Road, streams
from tests.patience import ARRIVAL_SECONDS

COMMENT = b": keep-alive\n\n"
HEAD = (
    b"content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
    b"x-accel-buffering: no\r\nx-signalbox-cache: bypass\r\n"
)
SOON = 0.002


def until_told(caller: Caller, times: int = 1) -> Callable[[], Awaitable[None]]:
    """A step of a vendor that says nothing until its caller was told to wait so often."""

    async def step() -> None:
        async with asyncio.timeout(ARRIVAL_SECONDS):
            while len(caller.held) < times:  # noqa: ASYNC110 - what is told cannot set an event
                await asyncio.sleep(0.001)

    return step


def a_while(seconds: float = 20 * SOON) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        await asyncio.sleep(seconds)

    return step


async def test_it_speaks_again_and_again_until_it_is_ended() -> None:
    caller = Caller([])
    waiting = Waiting(caller, b"text/event-stream; charset=utf-8", COMMENT, SOON, 0.0)
    await until_told(caller, 3)()
    waiting.end()
    told = list(caller.held)
    await a_while()()
    assert caller.held == told
    assert {head for head, _ in told} == {Head(HEAD, whole=False)}
    assert {data for _, data in told} == {COMMENT}


@pytest.mark.parametrize("before", [[], [ROLE]], ids=["silent from the start", "silent after the role"])
async def test_while_a_vendor_thinks_the_caller_is_told_to_wait(before: list[bytes]) -> None:
    caller = Caller([])
    road = Road({"one": [streams(*before, until_told(caller, 2), HELLO, STOP, DONE)]}, keep_alive=SOON)
    await road.run(caller, road.call(stream=True))
    assert caller.body == b"".join(before) + HELLO + STOP + DONE
    assert caller.head is not None and b"x-signalbox-target: one/m" in caller.head.block


async def test_after_the_first_content_nobody_is_told_to_wait() -> None:
    caller = Caller([])
    road = Road({"one": [streams(ROLE, HELLO, a_while(), STOP, DONE)]}, keep_alive=SOON)
    await road.run(caller, road.call(stream=True))
    assert caller.held == [] and caller.body == ROLE + HELLO + STOP + DONE


async def test_who_was_told_to_wait_can_still_be_answered_by_another_target() -> None:
    caller = Caller([])
    silent = streams(ROLE, until_told(caller), FirstContentTimeout("v", "body", "silent"))
    road = Road({"one": [silent], "two": [STREAM]}, keep_alive=SOON)
    await road.run(caller, road.call(stream=True))
    assert [row.status for row in road.rows] == ["timeout", "ok"]
    assert caller.body == ROLE + HELLO + STOP + DONE


async def test_the_next_targets_silence_counts_on() -> None:
    caller = Caller([])
    silent = streams(until_told(caller), FAILED)
    road = Road(
        {"one": [silent], "two": [streams(until_told(caller, 3), HELLO, STOP, DONE)]}, keep_alive=SOON
    )
    await road.run(caller, road.call(stream=True))
    assert caller.body == HELLO + STOP + DONE


async def test_when_nobody_answers_nobody_is_told_to_wait_any_more() -> None:
    caller = Caller([])
    road = Road({"one": [streams(until_told(caller), FAILED)]}, keep_alive=SOON)
    with pytest.raises(NobodyAnswered):
        await road.run(caller, road.call(stream=True))
    told = len(caller.held)
    await a_while()()
    assert len(caller.held) == told and caller.head is None


@pytest.mark.parametrize(
    ("stream", "settings", "dialect"),
    [
        (True, {"keep_alive": 0.0}, None),
        (True, {"keep_alive": SOON}, BedrockConverse()),
        (False, {"keep_alive": SOON}, None),
    ],
    ids=["never, as it is set", "a format without comments", "a whole answer"],
)
async def test_nothing_is_said_where_nothing_can_be(stream: bool, settings: Any, dialect: Any) -> None:
    caller = Caller([])
    steps = (a_while(), *STREAM.steps) if stream else (a_while(), *Answer().steps)
    road = Road({"one": [streams(*steps)]}, **settings)
    call = road.call(stream=stream)
    if dialect is not None:
        call = msgspec.structs.replace(call, dialect=dialect)
    await road.run(caller, call)
    assert caller.held == [] and caller.body and call.waiting is None


async def test_content_that_is_there_costs_no_timer() -> None:
    road = Road({"one": [STREAM]}, keep_alive=SOON)
    call = road.call(stream=True)
    await road.run(Caller([]), call)
    assert call.waiting is None
