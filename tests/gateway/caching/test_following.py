"""A follower is told to wait, is broken off, or asks for itself, as the call that it follows fares."""

import asyncio
from typing import Any

import msgspec
import pytest

from caching.flight import Flight
from config.caching import CachePolicy
from gateway.caching.following import Following
from gateway.caching.replays import Replays
from gateway.caching.sought import Sought, seek
from gateway.call import Cleared
from gateway.errors import ModelNotFound, NobodyAnswered, UpstreamError
from tests.gateway.road import WHO, Answer, Caller, Road
from tests.patience import until

MINUTE = CachePolicy(exact=60.0)


class Case:
    def __init__(self, bound: int = 100) -> None:
        self.road = Road({"one": [Answer()]}, cache=MINUTE)
        call = msgspec.structs.replace(self.road.call(stream=True), trail=[])
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
