"""Equal calls in two processes are one; when the one that asks is lost, another asks."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from caching.purging import order
from caching.remote import LEASE_MS, Remote
from config.caching import CachePolicy
from gateway.caching.recalling import Recalling
from gateway.caching.sought import Sought, seek
from gateway.call import Call, Cleared
from gateway.errors import NobodyAnswered, NotCached
from gateway.pipeline import answer
from ledger.changes import Orders
from storage.errors import StoreDown
from storage.redis import Redis
from tests.gateway.caching.test_recalling import Connection, later
from tests.gateway.caching.test_vectoring import ask as vectors_of
from tests.gateway.caching.test_vectoring import asked as inputs_of
from tests.gateway.caching.test_vectoring import call as asking
from tests.gateway.caching.test_vectoring import vectors
from tests.gateway.road import HANG, HELLO, KIND, ROLE, STREAM, WHO, WHOLE, Answer, Caller, Road, streams
from tests.patience import until
from tests.storage.redis_server import RedisServer, redis_server

MINUTE = CachePolicy(exact=60.0)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


class Replica:
    """One process's road."""

    def __init__(
        self,
        server: RedisServer,
        *answers: Answer,
        deadline: float = 10.0,
        policy: CachePolicy = MINUTE,
        clock: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.road = Road({"one": answers or [Answer()]}, KIND, policy)
        self.redis = Redis(server.url, deadline, clock)
        self.cache = self.road.services.cache = Recalling(self.road.books)
        self.cache.share(Remote(self.redis))

    def call(self, name: str, *headers: tuple[bytes, bytes], **asks: Any) -> Call:
        return msgspec.structs.replace(self.road.call(**asks), id=name, headers=headers)

    async def ask(
        self, name: str, *headers: tuple[bytes, bytes], after: float = 0.0, by: Any = None, **asks: Any
    ) -> Caller:
        """`after`: so many seconds later than others; `by`: over this connection."""
        caller, call = Caller(self.road.log), later(self.call(name, *headers, **asks), after)
        await answer(msgspec.structs.replace(call, caller=by), self.road.services, caller)
        return caller

    @property
    def asked(self) -> int:
        return len(self.road.vendors.requests)


Making = Callable[..., Replica]


@pytest.fixture
async def make(server: RedisServer) -> AsyncIterator[Making]:
    """Makes processes that share one server, which is empty at first."""
    server.command("FLUSHALL")
    made: list[Replica] = []

    def replica(*answers: Answer, **more: Any) -> Replica:
        made.append(Replica(server, *answers, **more))
        return made[-1]

    yield replica
    for each in made:
        await each.cache.close()
        await each.redis.close()


@pytest.fixture
def replicas(make: Making) -> tuple[Replica, Replica]:
    return make(), make()


def result(caller: Caller) -> bytes:
    assert caller.head is not None
    return b"hit" if b"x-signalbox-cache: hit" in caller.head.block else b"miss"


async def test_what_one_process_was_answered_the_other_knows(replicas: tuple[Replica, Replica]) -> None:
    one, other = replicas
    await one.ask("req_1")
    await one.cache.close()
    given = await other.ask("req_2")
    assert (given.body, result(given), other.asked) == (WHOLE, b"hit", 0)
    streamed = await other.ask("req_3", stream=True)
    assert b"Hello" in streamed.body
    assert other.asked == 0


async def test_equal_calls_in_the_air_are_one_in_all_processes(replicas: tuple[Replica, Replica]) -> None:
    asks = [each.ask(f"req_{place}_{number}") for place, each in enumerate(replicas) for number in range(20)]
    callers = await asyncio.gather(*asks)
    assert {caller.body for caller in callers} == {WHOLE}
    assert sum(each.asked for each in replicas) == 1
    rows = [row for each in replicas for row in each.road.rows]
    assert len(rows) == 40
    assert sum(row.cost > 0 for row in rows) == 1


async def test_when_the_one_that_asks_fails_another_asks(make: Making) -> None:
    one, other = make(Answer(fails=HANG)), make()
    first = asyncio.ensure_future(one.ask("req_1"))
    await until(lambda: one.asked == 1)
    second = asyncio.ensure_future(other.ask("req_2"))
    await asyncio.sleep(0.05)
    first.cancel()
    assert (await second).body == WHOLE
    await one.cache.close()


async def test_when_the_one_that_asks_dies_its_turn_runs_out(make: Making, server: RedisServer) -> None:
    one, other = make(Answer(fails=HANG)), make()
    first = asyncio.ensure_future(one.ask("req_1"))
    await until(lambda: one.asked == 1)
    second = asyncio.ensure_future(other.ask("req_2"))
    await asyncio.sleep(0.05)
    server.command("FLUSHALL")  # as after the lease's time, or a restart
    assert (await second).body == WHOLE
    first.cancel()
    await asyncio.wait([first])
    await one.cache.close()


async def test_an_answer_that_cannot_be_shared_is_not_waited_for(make: Making) -> None:
    cut = Answer(steps=(WHOLE.replace(b'"stop"', b'"length"'),))
    one, other = make(cut), make(cut)
    callers = await asyncio.gather(one.ask("req_1"), other.ask("req_2"))
    assert [result(caller) for caller in callers] == [b"miss", b"miss"]
    assert one.asked + other.asked == 2


async def test_only_if_cached_looks_there_too(replicas: tuple[Replica, Replica]) -> None:
    one, other = replicas
    kept = (b"cache-control", b"only-if-cached")
    with pytest.raises(NotCached):
        await other.ask("req_1", kept)
    await one.ask("req_2")
    await one.cache.close()
    assert result(await other.ask("req_3", kept)) == b"hit"


@pytest.mark.parametrize(
    ("directives", "policy"),
    [(b"only-if-cached, max-age=5", MINUTE), (b"max-age=5", CachePolicy(exact=60.0, single_flight=False))],
)
async def test_nobody_gets_an_answer_older_than_it_would_have(
    directives: bytes, policy: CachePolicy, make: Making
) -> None:
    one, other = make(policy=policy), make(policy=policy)
    await one.ask("req_1")
    await one.cache.close()
    young = (b"cache-control", directives)
    assert result(await other.ask("req_2", young, after=4)) == b"hit"
    with suppress(NotCached):
        assert result(await other.ask("req_3", young, after=30)) == b"miss"


async def test_nor_one_that_waits_with_a_call_that_would_have_it(make: Making) -> None:
    one, other = make(), make()
    await one.ask("req_1")
    await one.cache.close()
    young = (b"cache-control", b"max-age=5")
    asks = (other.ask("req_2", after=30), other.ask("req_3", young, after=30), other.ask("req_4", after=30))
    callers = await asyncio.gather(*asks)
    assert [result(each) for each in callers] == [b"hit", b"miss", b"hit"]
    assert other.asked == 1


async def test_who_comes_while_it_is_looked_for_elsewhere_keeps_it_going_as_well(make: Making) -> None:
    connection, gate = Connection(), asyncio.Event()
    one = make(streams(ROLE, HELLO, gate.wait, *STREAM.steps[2:]))
    connection.task = asyncio.ensure_future(one.ask("req_1", by=connection, stream=True))
    second = asyncio.ensure_future(one.ask("req_2", stream=True))
    await until(lambda: one.asked == 1)
    connection.cut()
    gate.set()
    assert (await second).complete
    assert one.asked == 1


async def test_a_turn_of_which_its_caller_did_not_hear_is_given_back(make: Making) -> None:
    one, other = make(), make()
    store, asked = one.cache._store, asyncio.Event()
    assert isinstance(store, Remote)
    ask = store.ask

    async def slow(*asks: Any) -> Any:
        await ask(*asks)
        asked.set()
        await asyncio.sleep(60)

    store.ask = slow  # type: ignore[method-assign]
    first = asyncio.ensure_future(one.ask("req_1"))
    await asked.wait()
    first.cancel()
    began = asyncio.get_running_loop().time()
    assert (await other.ask("req_2")).body == WHOLE
    assert asyncio.get_running_loop().time() - began < LEASE_MS / 2000


async def test_a_renewal_that_cannot_be_kept_leaves_what_is(make: Making) -> None:
    one = make(Answer(), Answer(steps=(WHOLE.replace(b'"stop"', b'"length"'),)))
    await one.ask("req_1")
    await one.cache.close()
    await one.ask("req_2", (b"cache-control", b"no-cache"))
    await one.cache.close()
    assert result(await one.ask("req_3")) == b"hit"


async def test_a_server_that_stalls_fails_no_call(make: Making, server: RedisServer) -> None:
    replica = make(deadline=0.05)
    server.freeze()
    try:
        callers = await asyncio.gather(*(replica.ask(f"req_{number}") for number in range(10)))
    finally:
        server.thaw()
    assert {caller.body for caller in callers} == {WHOLE}
    await replica.cache.close()


async def test_what_was_purged_is_not_given_by_a_server_that_can_only_be_read(
    make: Making, server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.caching.elsewhere._AGAIN_SECONDS", 0.01)
    replica = make()
    await replica.ask("req_1")
    await replica.cache.close()
    server.command("CONFIG", "SET", "min-replicas-to-write", "1")
    try:
        assert result(await replica.ask("req_2")) == b"hit"
        replica.cache.obey([order("team", WHO.team)])
        assert result(await replica.ask("req_3")) == b"miss"
        with pytest.raises(NotCached):
            await replica.ask("req_4", (b"cache-control", b"only-if-cached"))
    finally:
        server.command("CONFIG", "SET", "min-replicas-to-write", "0")
    await until(lambda: server.command("KEYS", "sb:cache:*") == b"*0")
    assert result(await replica.ask("req_5")) == b"miss"


async def test_an_answer_that_was_complained_of_goes_though_the_server_stalls_then(
    make: Making, server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.caching.elsewhere._AGAIN_SECONDS", 0.01)
    replica = make(deadline=0.1, clock=time.monotonic)
    await replica.ask("req_1")
    await replica.cache.close()
    call, rules = replica.call("req_2"), replica.road.deployment.caching
    assert rules is not None and replica.cache._elsewhere is not None
    found = seek(Cleared(call, WHO, call.body), rules, MINUTE)
    assert isinstance(found, Sought)
    server.freeze()
    try:
        assert await Remote(replica.redis).get(found.fingerprint) is None  # now it is left alone
        replica.cache._elsewhere.forget(found.fingerprint)
        await asyncio.sleep(0.05)
    finally:
        server.thaw()
    await until(lambda: server.command("KEYS", "sb:cache:*") == b"*0")


async def test_a_failure_at_the_vendor_lets_the_next_try(make: Making) -> None:
    one = make(Answer(status=500, steps=(b"{}",)), Answer())
    with pytest.raises(NobodyAnswered):
        await one.ask("req_1")
    await one.cache.close()
    assert result(await one.ask("req_2")) == b"miss"
    await one.cache.close()


async def test_of_a_batch_each_process_knows_its_inputs_and_all_know_the_whole(make: Making) -> None:
    one = make(vectors(1, 2, tokens=4), vectors(3, tokens=2))
    other = make(vectors(3, tokens=2))
    ab, abc = ["a", "b"], ["a", "b", "c"]
    assert await vectors_of(one.road, asking(one.road, "req_1", ab)) == ([1, 2], 4)
    assert await vectors_of(one.road, asking(one.road, "req_2", abc)) == ([1, 2, 3], 6)
    assert inputs_of(one.road, 1) == "c"
    await one.cache.close()  # so that it has told
    assert await vectors_of(other.road, asking(other.road, "req_3", abc)) == ([1, 2, 3], 6)
    assert other.asked == 0


async def test_equal_batches_at_two_processes_are_one_call(make: Making) -> None:
    one, other = make(vectors(1, 2, tokens=4)), make(vectors(1, 2, tokens=4))
    answers = await asyncio.gather(
        *(
            vectors_of(each.road, asking(each.road, f"req_{number}", ["a", "b"]))
            for number, each in enumerate([one, other] * 5)
        )
    )
    assert answers == [([1, 2], 4)] * 10
    assert one.asked + other.asked == 1


async def test_an_order_to_forget_that_nobody_heard_is_followed_at_the_start(
    make: Making,
) -> None:
    first = make()
    await first.ask("one")
    await first.cache.close()
    at = first.road.books.clock.unix_seconds() + 1
    asked_since: list[int] = []

    async def orders(number: int) -> Orders:
        asked_since.append(number)
        if len(asked_since) == 1:
            raise StoreDown("not yet")
        return Orders(12, {order("all"): at} if number < 12 else {})

    late = make()
    late.cache.catch_up(orders)
    async with asyncio.timeout(30):
        while True:
            if await Remote(late.redis).obeyed() == 12:
                break
            await asyncio.sleep(0.01)
    await late.ask("two")
    assert (late.asked, asked_since) == (1, [0, 0])
    await late.cache.close()
    third = make()
    third.cache.catch_up(orders)
    await third.ask("three")
    assert third.asked == 0
