"""Without a policy nothing is remembered and nothing stands in the way; with one, equal calls cost one."""

import asyncio
from typing import Any

import msgspec
import pytest

from caching.purging import order
from config.caching import CachePolicy
from dialects.openai.chat import OpenAIChat
from gateway.call import Call, Cleared
from gateway.errors import NobodyAnswered, NotCached, UpstreamError
from gateway.pipeline import answer
from tests.gateway.road import COST, HANG, HELLO, ROLE, STREAM, WHO, WHOLE, Answer, Caller, Road, streams
from tests.patience import until

MINUTE = CachePolicy(exact=60.0)


def road(*answers: Answer, **policy: Any) -> Road:
    return Road({"one": answers or [Answer()]}, cache=CachePolicy(**{"exact": 60.0, **policy}))


def call(road: Road, name: str = "req_1", *headers: tuple[bytes, bytes], **asks: Any) -> Call:
    return msgspec.structs.replace(road.call(**asks), id=name, headers=headers)


def changed(call: Call, **members: Any) -> Call:
    body = msgspec.json.encode({**msgspec.json.decode(call.body), **members})
    return msgspec.structs.replace(call, body=body, asked=OpenAIChat().peek(body))


async def ask(road: Road, call: Call) -> Caller:
    caller = Caller(road.log)
    await answer(call, road.services, caller)
    return caller


def said(caller: Caller, name: bytes) -> bytes | None:
    assert caller.head is not None
    lines = dict(line.split(b": ", 1) for line in caller.head.block.split(b"\r\n") if line)
    return lines.get(name)


async def test_without_a_policy_every_call_goes_on() -> None:
    road = Road({"one": [Answer()]})
    call, caller = road.call(), Caller(road.log)
    cleared = Cleared(call, WHO, call.body)
    assert await road.services.cache.recall(cleared, caller) is cleared
    with road.services.cache.remember(cleared, caller) as sink:
        assert sink is caller
    assert road.log == []


async def test_an_equal_call_is_answered_from_memory_and_its_row_says_what_that_saved() -> None:
    here = road()
    first, second = await ask(here, call(here)), await ask(here, call(here, "req_2"))
    assert (said(first, b"x-signalbox-cache"), said(second, b"x-signalbox-cache")) == (b"miss", b"hit")
    assert second.body == first.body == WHOLE
    assert second.complete
    assert said(second, b"age") == b"0"
    assert said(second, b"x-signalbox-cost") == b"0.000000000"
    assert said(second, b"x-signalbox-saved") == b"0.000120000"
    assert said(second, b"x-signalbox-target") == b"one/m"
    bought, given = here.rows
    assert (bought.cache, bought.cost, bought.saved) == ("miss", COST, 0)
    assert (given.attempt_id, given.status, given.cache) == ("req_2.0", "ok", "hit")
    assert (given.cost, given.saved, given.usage.output) == (0, COST, 0)
    assert len(here.vendors.requests) == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"messages": [{"role": "user", "content": "other"}]}, id="a message"),
        pytest.param({"temperature": 0.5}, id="the temperature"),
        pytest.param({"model": "one/m"}, id="the model"),
        pytest.param({"nobody_knows": None}, id="a member that nobody knows"),
    ],
)
async def test_a_call_that_differs_goes_upstream(change: dict[str, Any]) -> None:
    here = Road({"one": [Answer()], "two": [Answer()]}, cache=MINUTE)
    await ask(here, call(here))
    other = changed(call(here, "req_2"), **change)
    if "model" in change:
        other = changed(other, model="fast1")
    assert said(await ask(here, other), b"x-signalbox-cache") == b"miss"


async def test_key_order_and_whitespace_do_not_matter() -> None:
    here = road()
    await ask(here, call(here))
    turned = msgspec.structs.replace(call(here, "req_2"), body=b'{"messages" : [ ],\n"model":"fast"}')
    assert said(await ask(here, turned), b"x-signalbox-cache") == b"hit"


async def test_a_whole_answer_is_given_as_a_stream_and_a_stream_whole() -> None:
    here = road()
    await ask(here, call(here))
    streamed = await ask(here, call(here, "req_2", stream=True, usage=True))
    assert b'"content":"Hello"' in streamed.body
    assert b'"prompt_tokens":100' in streamed.body
    assert streamed.body.endswith(b"data: [DONE]\n\n")
    there = road(STREAM)
    await ask(there, call(there, stream=True))
    whole = await ask(there, call(there, "req_2"))
    assert msgspec.json.decode(whole.body)["choices"][0]["message"]["content"] == "Hello"
    assert msgspec.json.decode(whole.body)["usage"]["completion_tokens"] == 10
    assert len(there.vendors.requests) == 1


async def test_an_answer_grows_old() -> None:
    here = road()
    await ask(here, call(here))
    late = msgspec.structs.replace(call(here, "req_2"), at_ms=(1_790_000_000 + 61) * 1000)
    assert said(await ask(here, late), b"x-signalbox-cache") == b"miss"


async def test_an_answer_that_was_cut_is_not_given_again() -> None:
    here = road(Answer(steps=(WHOLE.replace(b'"stop"', b'"length"'),)))
    await ask(here, call(here))
    assert said(await ask(here, call(here, "req_2")), b"x-signalbox-cache") == b"miss"


async def test_an_error_is_not_kept() -> None:
    here = road(Answer(status=500, steps=(b"{}",)), Answer())
    with pytest.raises(NobodyAnswered):
        await ask(here, call(here))
    assert said(await ask(here, call(here, "req_2")), b"x-signalbox-cache") == b"miss"


async def test_a_stream_that_broke_is_not_kept() -> None:
    here = road(streams(ROLE, HELLO), STREAM)
    with pytest.raises(UpstreamError, match="broke off"):
        await ask(here, call(here, stream=True))
    assert said(await ask(here, call(here, "req_2", stream=True)), b"x-signalbox-cache") == b"miss"


CONTROLS = [
    pytest.param(b"no-cache", [b"miss", b"hit"], id="no-cache asks anew, and keeps what comes"),
    pytest.param(b"no-store", [b"bypass", b"hit"], id="no-store neither takes nor gives"),
    pytest.param(b"max-age=0", [b"hit", b"hit"], id="max-age takes what is young enough"),
]


@pytest.mark.parametrize(("directive", "results"), CONTROLS)
async def test_a_caller_may_say_what_it_wants(directive: bytes, results: list[bytes]) -> None:
    here = road()
    await ask(here, call(here))
    told = await ask(here, call(here, "req_2", (b"cache-control", directive)))
    after = await ask(here, call(here, "req_3"))
    assert [said(told, b"x-signalbox-cache"), said(after, b"x-signalbox-cache")] == results


async def test_only_if_cached_is_refused_where_nothing_is_kept() -> None:
    here = road()
    with pytest.raises(NotCached):
        await ask(here, call(here, "req_1", (b"cache-control", b"only-if-cached")))
    assert here.vendors.requests == []


async def test_a_model_that_the_caller_may_not_use_is_refused_though_it_was_answered() -> None:
    here = road()
    await ask(here, call(here))
    cleared = Cleared(call(here, "req_2"), _without_models(), call(here).body)
    assert await here.services.cache.recall(cleared, Caller(here.log)) is cleared


def _without_models() -> Any:
    class Nobody:
        team, organisation, key_id, user = WHO.team, WHO.organisation, WHO.key_id, WHO.user

        def allows(self, model: str) -> bool:
            return False

    return Nobody()


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
async def test_equal_calls_in_the_air_share_one(streamed: bool) -> None:
    here = road(STREAM if streamed else Answer())
    calls = [call(here, f"req_{number}", stream=streamed) for number in range(20)]
    callers = await asyncio.gather(*(ask(here, each) for each in calls))
    assert len(here.vendors.requests) == 1
    assert len({caller.body for caller in callers}) == 1
    assert all(caller.complete for caller in callers)
    assert sorted(row.cache for row in here.rows) == ["miss"] + ["shared"] * 19
    assert sum(row.cost for row in here.rows) == COST
    assert sum(row.saved for row in here.rows) == 19 * COST


async def test_a_whole_answer_too_long_to_be_kept_is_shared_all_the_same() -> None:
    long = msgspec.json.decode(WHOLE)
    long["choices"][0]["message"]["content"] = "a long answer " * 100_000
    answers = [Answer(steps=(msgspec.json.encode(long),)) for _ in range(2)]
    here = road(*answers)
    callers = await asyncio.gather(*(ask(here, call(here, f"req_{number}")) for number in range(5)))
    assert {caller.body for caller in callers} == {msgspec.json.encode(long)}
    assert len(here.vendors.requests) == 1
    assert said(await ask(here, call(here, "req_9")), b"x-signalbox-cache") == b"miss"
    assert len(here.vendors.requests) == 2


async def test_a_follower_of_another_form_waits_for_the_end() -> None:
    here = road(STREAM)
    callers = await asyncio.gather(
        ask(here, call(here, stream=True)),
        ask(here, call(here, "req_2")),
        ask(here, call(here, "req_3", stream=True, usage=True)),
    )
    assert len(here.vendors.requests) == 1
    assert msgspec.json.decode(callers[1].body)["choices"][0]["message"]["content"] == "Hello"
    assert b'"prompt_tokens":100' in callers[2].body


async def test_who_comes_late_gets_the_beginning_and_then_what_comes() -> None:
    gate = asyncio.Event()
    here = road(streams(ROLE, HELLO, gate.wait, *STREAM.steps[2:]))
    first = asyncio.ensure_future(ask(here, call(here, stream=True)))
    await until(
        lambda: (
            here.place(("begin", ROLE + HELLO)) >= 0
            if here.log and ("begin", ROLE + HELLO) in here.log
            else False
        )
    )
    late = Caller(here.log)
    second = asyncio.ensure_future(answer(call(here, "req_2", stream=True), here.services, late))
    await until(lambda: late.first == ROLE + HELLO)
    gate.set()
    assert (await first).body == late.body
    await second
    assert late.complete


async def test_followers_share_the_vendors_failure() -> None:
    here = road(Answer(status=500, steps=(b"{}",)))
    ended = await asyncio.gather(
        *(ask(here, call(here, f"req_{number}")) for number in range(5)), return_exceptions=True
    )
    assert [type(each) for each in ended] == [NobodyAnswered] * 5
    assert len(here.vendors.requests) == 1
    assert [(row.status, row.cost) for row in here.rows] == [("error", 0)] * 5


class Connection:
    """A caller's connection that is cut by the test."""

    def __init__(self) -> None:
        self.disconnected = self.lingers = False
        self.task: asyncio.Task[Any] | None = None

    def cut(self) -> None:
        """As the door does it."""
        self.disconnected = True
        if self.task is not None and not self.lingers:
            self.task.cancel()


async def test_the_leader_may_leave_while_somebody_follows() -> None:
    gate, connection = asyncio.Event(), Connection()
    here = road(streams(ROLE, HELLO, gate.wait, *STREAM.steps[2:]))
    leading = msgspec.structs.replace(call(here, stream=True), caller=connection)
    connection.task = asyncio.ensure_future(ask(here, leading))
    await until(lambda: ("begin", ROLE + HELLO) in here.log)
    late = Caller(here.log)
    second = asyncio.ensure_future(answer(call(here, "req_2", stream=True), here.services, late))
    await until(lambda: late.first != b"")
    connection.cut()
    gate.set()
    await second
    assert late.complete
    await connection.task
    assert [(row.status, row.cache) for row in here.rows] == [("ok", "miss"), ("ok", "shared")]


async def test_when_nobody_is_left_the_upstream_call_ends() -> None:
    connection = Connection()
    here = road(streams(ROLE, HELLO, HANG))
    leading = msgspec.structs.replace(call(here, stream=True), caller=connection)
    connection.task = asyncio.ensure_future(ask(here, leading))
    await until(lambda: ("begin", ROLE + HELLO) in here.log)
    late = Caller(here.log)
    second = asyncio.ensure_future(answer(call(here, "req_2", stream=True), here.services, late))
    await until(lambda: late.first != b"")
    connection.cut()
    second.cancel()
    await asyncio.wait([second, connection.task])
    assert connection.task.cancelled()
    assert here.vendors.responses[0].closed
    assert sorted((row.status, row.cache) for row in here.rows) == [
        ("cancelled", "miss"),
        ("cancelled", "shared"),
    ]


async def test_a_follower_asks_itself_when_the_leader_was_cancelled() -> None:
    here = road(Answer(fails=HANG), Answer())
    first = asyncio.ensure_future(ask(here, call(here)))
    await until(lambda: len(here.vendors.requests) == 1)
    second = asyncio.ensure_future(ask(here, call(here, "req_2")))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).body == WHOLE


async def test_a_slow_follower_does_not_hold_the_leader() -> None:
    here = road(streams(ROLE, HELLO, HELLO, HELLO, *STREAM.steps[2:]))
    first = asyncio.ensure_future(ask(here, call(here, stream=True)))
    slow = Caller(here.log, room=0)
    slow.stuck = True
    second = asyncio.ensure_future(answer(call(here, "req_2", stream=True), here.services, slow))
    assert (await first).complete
    second.cancel()


async def test_a_slow_leader_does_not_hold_its_followers() -> None:
    here = road(streams(ROLE, HELLO, HELLO, HELLO, *STREAM.steps[2:]))
    slow = Caller(here.log, room=0)
    slow.stuck = True
    first = asyncio.ensure_future(answer(call(here, stream=True), here.services, slow))
    await until(lambda: slow.head is not None)
    second = await ask(here, call(here, "req_2", stream=True))
    assert second.complete
    await first


def later(call: Call, seconds: float) -> Call:
    return msgspec.structs.replace(call, at_ms=int((1_790_000_000 + seconds) * 1000))


async def test_an_old_answer_stands_in_for_a_vendor_that_failed() -> None:
    here = road(Answer(), Answer(status=500, steps=(b"{}",)), stale_if_error=60.0)
    await ask(here, call(here))
    calls = [later(call(here, f"req_{number}"), 90) for number in range(2, 5)]
    callers = await asyncio.gather(*(ask(here, each) for each in calls))
    assert {caller.body for caller in callers} == {WHOLE}
    assert {said(caller, b"age") for caller in callers} == {b"90"}
    assert all(caller.complete for caller in callers)
    assert len(here.vendors.requests) == 2
    assert sorted((row.attempt_id, row.status, row.cache) for row in here.rows[1:]) == [
        ("req_2.1", "error", "miss"),
        ("req_2.2", "ok", "stale"),
        ("req_3.0", "ok", "stale"),
        ("req_4.0", "ok", "stale"),
    ]
    with pytest.raises(NobodyAnswered):
        await ask(here, later(call(here, "req_5"), 130))


async def test_an_old_answer_is_given_once_more_while_a_new_one_is_asked_for() -> None:
    here = road(Answer(), Answer(steps=(WHOLE.replace(b"Hello", b"Hallo"),)), stale_while_revalidate=60.0)
    here.refresh()
    await ask(here, call(here))
    assert (await ask(here, later(call(here, "req_2"), 90))).body == WHOLE
    await until(lambda: len(here.rows) == 3)
    bought, given, renewed = here.rows
    assert (given.attempt_id, given.cache, given.cost) == ("req_2.0", "stale", 0)
    assert (renewed.attempt_id, renewed.cache, renewed.cost) == ("req_anew.1", "miss", bought.cost)
    assert b"Hallo" in (await ask(here, later(call(here, "req_3"), 1))).body


async def test_what_is_purged_is_asked_for_again() -> None:
    here = road()
    await ask(here, call(here, "req_1", (b"x-signalbox-cache-tags", b"faq")))
    here.services.cache.obey(["key_1", order("tag", "other")])
    assert said(await ask(here, call(here, "req_2")), b"x-signalbox-cache") == b"hit"
    here.services.cache.obey([order("tag", "faq")])
    assert said(await ask(here, call(here, "req_3")), b"x-signalbox-cache") == b"miss"


async def test_texts_that_are_still_looked_for_at_the_end_come_into_the_store() -> None:
    ended: list[str] = []

    class Part:
        def __init__(self, name: str) -> None:
            self.name = name
            self.likeness = self

        async def close(self) -> None:
            ended.append(self.name)

    cache = Road({"one": []}).services.cache
    cache._alike, cache._elsewhere = Part("look-ups"), Part("store")
    await cache.close()
    assert ended == ["look-ups", "store"]
