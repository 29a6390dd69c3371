"""The order of the road: who, how much, may it pass, was it answered, where to, and only then a vendor."""

import asyncio
import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any, cast

import pytest

from gateway.caching.recalling import Recalling
from gateway.call import Call, Cleared
from gateway.errors import ModelNotFound, NotAllowed, Unauthenticated, Unavailable, UpstreamError
from gateway.frames import Head, Sink
from gateway.guardrails.guarding import Guarding
from gateway.metering.metering import Metering, Reservation
from gateway.pipeline import answer
from ledger.principal import Principal
from tests.gateway.road import HANG, HELLO, STREAM, WHO, WHOLE, Answer, Caller, Road, streams
from tests.patience import until


class Stages:
    """Every stage of a road's services, each telling that it was asked; `breaks` is raised by one of them."""

    def __init__(self, road: Road, breaks: str = "") -> None:
        self.said: list[str] = []
        self.breaks = breaks
        services = road.services
        self.services = replace(
            services,
            keys=cast(Any, self),
            ledger=cast(Metering, self),
            guardrails=cast(Guarding, self),
            cache=cast(Recalling, self),
            router=cast(Any, self),
            attempts=cast(Any, self),
        )
        self.inner = services
        self.cached = b""

    def tell(self, stage: str) -> None:
        self.said.append(stage)
        if stage == self.breaks:
            raise Unavailable(f"{stage} is away")

    async def identify(self, call: Call) -> Principal:
        self.tell("identify")
        return WHO

    async def reserve(self, principal: Principal, call: Call) -> Reservation:
        self.tell("reserve")
        return await self.inner.ledger.reserve(principal, call)

    async def clear(self, principal: Principal, call: Call) -> Cleared:
        self.tell("clear")
        return Cleared(call, principal, call.body)

    def watch(self, cleared: Cleared, caller: Sink) -> Sink:
        self.tell("watch")
        return caller

    async def recall(self, cleared: Cleared, sink: Sink) -> Cleared | None:
        assert type(cleared) is Cleared
        self.tell("recall")
        if self.cached:
            sink.begin(Head(b"", whole=True), self.cached)
        return None if self.cached else cleared

    def remember(self, cleared: Cleared, sink: Sink) -> AbstractContextManager[Sink]:
        self.tell("remember")
        return nullcontext(sink)

    def plan(self, cleared: Cleared) -> Any:
        assert type(cleared) is Cleared
        self.tell("plan")
        return self.inner.router.plan(cleared)

    async def run(self, cleared: Cleared, route: Any, plan: Any, sink: Sink) -> None:
        assert type(cleared) is Cleared
        self.tell("run")
        await self.inner.attempts.run(cleared, route, plan, sink)


ORDER = ["identify", "reserve", "clear", "watch", "recall", "remember", "plan", "run"]


async def test_the_stages_are_asked_in_their_order() -> None:
    road = Road({"one": [Answer()]})
    stages, caller = Stages(road), Caller(road.log)
    await answer(road.call(), stages.services, caller)
    assert stages.said == ORDER
    assert caller.body == WHOLE and road.log[-1] == "end"


async def test_what_is_remembered_asks_nobody() -> None:
    road = Road({"one": [Answer()]})
    stages, caller = Stages(road), Caller(road.log)
    stages.cached = b"known"
    await answer(road.call(), stages.services, caller)
    assert stages.said == ORDER[:5]
    assert (caller.body, caller.complete, road.rows) == (b"known", True, [])


@pytest.mark.parametrize("stage", ORDER)
async def test_a_stage_that_refuses_lets_nothing_further_and_leaves_one_row(stage: str) -> None:
    road = Road({"one": [Answer()]})
    stages, caller = Stages(road, breaks=stage), Caller(road.log)
    with pytest.raises(Unavailable):
        await answer(road.call(), stages.services, caller)
    assert stages.said == ORDER[: ORDER.index(stage) + 1]
    assert caller.head is None and not caller.complete and road.vendors.requests == []
    known = ORDER.index(stage) > ORDER.index("reserve")  # before, nobody knows whose row it would be
    assert [row.attempt_id for row in road.rows] == ["req_1.0"] * known


REFUSALS = {
    "an unknown model": ("nothing", ModelNotFound, 404),
    "a model of others": ("fast", NotAllowed, 403),
}


@pytest.mark.parametrize(("model", "kind", "status"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_a_refusal_leaves_one_row_numbered_zero(model: str, kind: type[Exception], status: int) -> None:
    road = Road({"one": [Answer()]})

    class Nobody:
        async def identify(self, call: Call) -> Principal:
            scope = cast(Any, frozenset({"nothing"}) if kind is NotAllowed else None)
            return replace(WHO, scope=scope and Only(scope))

    class Only:
        def __init__(self, names: frozenset[str]) -> None:
            self.names = names

        def allows(self, name: str) -> bool:
            return name in self.names

    services = replace(road.services, keys=cast(Any, Nobody()))
    with pytest.raises(kind):
        await answer(road.call(model=model), services, Caller(road.log))
    (row,) = road.rows
    assert (row.attempt_id, row.status, row.http_status, row.cost) == ("req_1.0", "refused", status, 0)
    assert (row.vendor, row.model_asked, row.total_ms > 0) == ("", model, True)
    ((stage, code, message, numbers),) = json.loads(row.trail)
    assert (stage, code, numbers) == ("refused", row.error_code, {"status": status})
    assert model in message


async def test_a_caller_nobody_knows_leaves_no_row() -> None:
    road = Road({"one": [Answer()]})

    class Strict:
        async def identify(self, call: Call) -> Principal:
            raise Unauthenticated("who are you?")

    with pytest.raises(Unauthenticated):
        await answer(road.call(), replace(road.services, keys=cast(Any, Strict())), Caller(road.log))
    assert road.log == []


async def test_only_a_complete_answer_is_ended() -> None:
    for steps, complete in ((STREAM.steps, True), ([HELLO], False)):
        road = Road({"one": [streams(*steps)]})
        caller = Caller(road.log)
        try:
            await answer(road.call(stream=True), road.services, caller)
        except UpstreamError:
            assert not complete
        assert caller.complete is complete
        assert len(road.rows) == 1


async def test_a_cancelled_call_is_settled_and_not_ended() -> None:
    road = Road({"one": [streams(HELLO, HANG)]})
    caller = Caller(road.log)
    task = asyncio.ensure_future(answer(road.call(stream=True), road.services, caller))
    await until(lambda: caller.head is not None)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [(row.attempt_id, row.status) for row in road.rows] == [("req_1.1", "cancelled")]
    assert not caller.complete and road.vendors.responses[0].closed


async def test_a_call_keeps_the_configuration_it_began_with() -> None:
    road, other = Road({"one": [Answer()]}), Road({"two": [Answer()]})
    call = road.call()
    road.services.deployment = other.deployment
    await answer(call, road.services, Caller(road.log))
    assert [vendor for vendor, _, _ in road.vendors.requests] == ["one"]
