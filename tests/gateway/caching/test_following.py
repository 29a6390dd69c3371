"""A follower is told to wait, is broken off, or asks for itself, as the call that it follows fares."""

import asyncio
from typing import Any

import msgspec
import pytest

from caching.flight import Flight
from config.caching import CachePolicy
from config.kinds import Operation
from dialects.openai.responses import OpenAIResponses
from gateway.caching.following import Following
from gateway.caching.replays import Replays
from gateway.caching.sought import Sought, seek
from gateway.call import Cleared
from gateway.errors import ModelNotFound, NobodyAnswered, UpstreamError
from tests.gateway.road import WHO, Answer, Caller, Road
from tests.patience import until

MINUTE = CachePolicy(exact=60.0)


class Case:
    def __init__(self, bound: int = 100, body: bytes = b"") -> None:
        """`body`: of a request for a response instead of a chat."""
        self.road = Road({"one": [Answer()]}, cache=MINUTE)
        call = msgspec.structs.replace(self.road.call(stream=True), trail=[])
        if body:
            spoken = OpenAIResponses()
            call = msgspec.structs.replace(
                call, operation=Operation.RESPONSES, dialect=spoken, body=body, asked=spoken.peek(body)
            )
        rules = self.road.deployment.caching
        assert rules is not None
        found = seek(Cleared(call, WHO, call.body), rules, MINUTE)
        assert isinstance(found, Sought)
        self.flight, self.caller = Flight(bound), Caller(self.road.log)
        self.following = Following(found, self.flight, found.form, Replays(self.road.books))
        self.stands_in = False

    def start(self) -> "asyncio.Task[bool]":
        return asyncio.ensure_future(self.following.follow(self.caller, lambda: self.stands_in))

    @property
    def row(self) -> Any:
        (row,) = self.road.rows
        return row.status, row.cache, row.cost, row.error_code


async def test_it_is_told_to_wait_as_its_leader_is() -> None:
    case = Case()
    task = case.start()
    await asyncio.sleep(0)
    case.flight.hold(b": wait")
    await until(lambda: len(case.caller.held) == 1)
    case.flight.begin(b"a", b"", whole=False)
    case.flight.land(None)
    assert await task
    assert case.caller.body == b"a"
    assert case.row == ("ok", "shared", 0, "")


@pytest.mark.parametrize("stream", [True, False])
async def test_what_an_answer_repeats_of_a_request_is_its_follower_s_own(stream: bool) -> None:
    """Though the leader's answer comes in pieces that are cut anywhere."""
    asked = {"model": "fast", "input": "Hi", "stream": stream, "user": "bob", "metadata": {"trace": "b"}}
    case = Case(10_000, msgspec.json.encode(asked))

    def answer(user: str, trace: str) -> bytes:
        return msgspec.json.encode({"id": "resp_1", "user": user, "metadata": {"trace": trace}, "output": []})

    def said(whole: bytes) -> bytes:
        event = b'event: response.created\ndata: {"type":"response.created","response":%b}\n\n' % whole
        return event + b"data: [DONE]\n\n" if stream else whole

    theirs, mine = said(answer("ann", "a")), said(answer("bob", "b"))
    task = case.start()
    await asyncio.sleep(0)
    parts = [theirs[:40], theirs[40:90], theirs[90:]] if stream else [theirs]
    case.flight.begin(parts[0], b"", whole=not stream)
    for part in parts[1:]:
        await asyncio.sleep(0)
        case.flight.write(part)
    case.flight.land(None)
    assert await task
    assert case.caller.body == mine
    assert case.row == ("ok", "shared", 0, "")


async def test_one_that_lags_too_far_is_broken_off() -> None:
    case = Case(bound=3)
    case.caller.room = 0
    task = case.start()
    await asyncio.sleep(0)
    case.flight.begin(b"ab", b"", whole=False)
    for _ in range(5):
        case.flight.write(b"cd")
    with pytest.raises(UpstreamError, match="too slowly"):
        await task
    assert case.row == ("error", "shared", 0, "follower_too_slow")


LOSSES = [
    pytest.param(ModelNotFound("ours alone"), False, None, id="the leader's own error before the answer"),
    pytest.param(None, False, None, id="the leader left before the answer"),
    pytest.param(None, True, "shared_call_lost", id="the leader was lost in the middle"),
    pytest.param(UpstreamError("cut", status=502, code="vendor_cut"), True, "vendor_cut", id="a cut"),
    pytest.param(
        NobodyAnswered([("v", UpstreamError("no", status=502, code="vendor_failed"))]),
        False,
        "vendor_failed",
        id="nobody answered",
    ),
]


@pytest.mark.parametrize(("error", "begun", "code"), LOSSES)
async def test_what_becomes_of_it_when_its_leader_fails(error: Any, begun: bool, code: str | None) -> None:
    case = Case()
    task = case.start()
    await asyncio.sleep(0)
    if begun:
        case.flight.begin(b"a", b"", whole=False)
        await until(lambda: case.caller.body == b"a")
    case.flight.lose(error)
    if code is None:
        assert await task is False
        assert case.road.rows == []
        return
    with pytest.raises((UpstreamError, NobodyAnswered)):
        await task
    assert case.row == ("cut" if begun else "error", "shared", 0, code)


async def test_another_answer_may_stand_in() -> None:
    case = Case()
    case.stands_in = True
    task = case.start()
    await asyncio.sleep(0)
    case.flight.lose(UpstreamError("no", status=502, code="vendor_failed"))
    assert await task
    assert case.road.rows == []
