"""Several processes lease from one Redis: together they admit no more than a limit, and no less."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis import Redis

from config.limit import Limit, Per
from gateway.metering.leasing import RENEWAL, SHIPPED, Leasing
from ledger.meters.leased import LIFE_MS, Leased
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId, Owner
from storage.errors import StoreDown
from storage.redis import Redis as Store
from tests.patience import patient, within
from tests.storage.redis_cluster import redis_cluster
from tests.storage.redis_server import RedisServer, redis_server

T0 = 1_790_000_000_000
names = iter(range(10**6))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[Store]:
    store = Store(server.url, 20.0, lambda: 0.0)
    yield store
    await store.close()


class Process:
    """One process with one meter. `base` is what the ledger says was used before."""

    def __init__(self, store: Store, team: str, limit: Limit, base: int = 0) -> None:
        self.now = T0
        self.base = base
        self.leasing = Leasing(store, f"p{next(names)}", lambda: self.now, self.past)
        self.meter = Leased(limit, T0)
        self.anew(team)

    def anew(self, team: str) -> None:
        self.meter = Leased(self.meter.limit, self.now)
        self.leasing.know(MeterId.of(Owner("team", team), self.meter.limit), self.meter, "acme")

    def forgets(self) -> None:
        self.leasing.forget(self.meter)

    async def past(self, name: MeterId, meter: Meter) -> list[tuple[int, int]]:
        return [(T0, self.base)]

    async def take(self, amount: int) -> bool:
        if self.meter.take(amount, self.now):
            return True
        await self.leasing.ensure([(self.meter, amount)])
        return self.meter.take(amount, self.now)

    def settle(self, held: int, used: int) -> None:
        self.meter.settle(held, used, self.now, self.now)


def spend(amount: int, per: Per = "month") -> Limit:
    return Limit("spend", amount, per, hard=True, on_store_failure="deny")


def team() -> str:
    return f"team{next(names)}"


async def test_a_slice_is_spent_without_asking(store: Store) -> None:
    one = Process(store, team(), spend(1000))
    assert await one.take(1)
    calls = one.leasing.calls
    for _ in range(20):
        assert await one.take(1)
        one.settle(1, 1)
    assert one.leasing.calls == calls
    assert one.meter.used == 20


async def test_what_one_leased_another_cannot_take_until_it_is_known_to_be_idle(store: Store) -> None:
    name = team()
    one, two = (Process(store, name, spend(100)) for _ in range(2))
    assert await one.take(60)
    one.settle(60, 60)
    assert not await two.take(40)  # one holds some in advance
    await one.leasing.renew()
    await one.leasing.renew()
    assert await two.take(40)
    assert not await one.take(1)


async def patiently(one: Process, amount: int, everybody: list[Process]) -> bool:
    """Ask again when the others have heard that somebody is short, and given back what they do not need."""
    for each in everybody * 2:
        await each.leasing.renew()
    return await one.take(amount)


async def test_no_more_is_admitted_than_the_limit_and_all_of_it(store: Store) -> None:
    for seed in range(3):
        dice = random.Random(seed)
        name = team()
        processes = [Process(store, name, spend(500)) for _ in range(3)]
        open_calls: list[tuple[Process, int]] = []
        paid = 0
        for _ in range(150):
            one = dice.choice(processes)
            match dice.randrange(4):
                case 0 | 1:
                    amount = dice.randrange(1, 30)
                    if await one.take(amount) or await patiently(one, amount, processes):
                        open_calls.append((one, amount))
                    else:  # refused, though nobody holds back what he does not need: so nothing was left
                        assert paid + sum(held for _, held in open_calls) + amount > 500
                case 2 if open_calls:
                    whose, held = open_calls.pop(dice.randrange(len(open_calls)))
                    used = dice.randrange(held + 1)
                    whose.settle(held, used)
                    paid += used
                case _:
                    await one.leasing.renew()
            assert paid + sum(held for _, held in open_calls) <= 500
            assert all(each.meter.held >= 0 for each in processes)
        for whose, held in open_calls:
            whose.settle(held, held)
            paid += held
        for one in processes * 3:
            await one.leasing.renew()
        left = 500 - paid
        if left:  # nothing was lost on the way: the last part of it is still there for anybody
            assert await processes[0].take(left)
        assert not await processes[1].take(1)


@pytest.mark.parametrize(("per", "least", "most"), [("minute", 58, 61), ("hour", 3_530, 3_660)])
async def test_who_is_refused_is_told_when_the_first_of_what_was_used_is_forgotten(
    store: Store, per: Per, least: int, most: int
) -> None:
    one, other = (Process(store, group, Limit("requests", 20, per)) for group in (team(),) * 2)
    for _ in range(20):
        assert await one.take(1)
        one.settle(1, 1)
    await one.leasing.renew()
    assert not await other.take(1)
    assert least <= (other.meter.frees_at(1) - T0) / 1000 <= most


async def test_a_limit_taken_away_and_put_back_begins_with_what_the_ledger_knows(store: Store) -> None:
    name = team()
    one, two = (Process(store, name, spend(100)) for _ in range(2))
    for each in (one, two):
        assert await each.take(10)
        each.settle(10, 10)
        each.forgets()
    one.base = two.base = 70  # 50 more were used under no limit
    for each in (one, two):
        each.anew(name)
        assert await each.take(1)
        each.settle(1, 0)
        assert each.meter.used == 70  # and not what the other has told before as well
    for each in [one, two] * 2:
        await each.leasing.renew()
    assert not await one.take(31)
    assert await patiently(one, 30, [one, two])


async def test_a_forgotten_meter_gives_its_slice_back(store: Store) -> None:
    name = team()
    one, two = (Process(store, name, spend(100)) for _ in range(2))
    assert await one.take(60)
    one.settle(60, 60)
    one.forgets()
    await one.leasing.renew()
    assert await two.take(40)
    one.anew(name)
    await one.leasing.renew()
    assert not await one.take(1)


async def test_what_a_dead_process_held_counts_as_used(store: Store, server: RedisServer) -> None:
    name = team()
    dead, alive = (Process(store, name, spend(100)) for _ in range(2))
    assert await dead.take(90)
    assert not await alive.take(20)
    key = dead.leasing._key("acme", dead.meter)
    held = await store._driver.hget(key, f"l{dead.leasing._process}")  # type: ignore[misc]
    amount, _, number = held.decode().split(":")
    await store._driver.hset(key, f"l{dead.leasing._process}", f"{amount}:1:{number}")  # type: ignore[misc]
    alive.meter.idle = 0
    assert not await alive.take(20)
    assert alive.meter.everyone == int(amount)
    # It was not dead after all: its lease is its own again.
    dead.settle(90, 10)
    for _ in range(3):
        await dead.leasing.renew()
    await alive.leasing.renew()
    assert await alive.take(70)


async def test_a_call_that_is_open_at_once_is_free_when_its_process_died(store: Store) -> None:
    name = team()
    limit = Limit("concurrent", 2, "once")
    dead, alive = (Process(store, name, limit) for _ in range(2))
    assert await dead.take(1)
    assert await dead.take(1)
    assert not await alive.take(1)
    key = dead.leasing._key("acme", dead.meter)
    await store._driver.hset(key, f"l{dead.leasing._process}", "2:1:1")  # type: ignore[misc]
    assert await alive.take(1)


async def test_an_empty_redis_is_told_by_the_ledger(store: Store) -> None:
    name = team()
    one = Process(store, name, spend(100), base=30)
    assert not await one.take(71)
    assert await one.take(70)
    one.settle(70, 70)
    await one.leasing.renew()
    await store._driver.flushall()
    one.base = 100  # its rows are in the ledger by now
    await one.leasing.renew()
    assert not await one.take(1)


async def test_an_empty_redis_is_told_by_the_ledger_when_other_machines_rows_are_there(store: Store) -> None:
    name = team()
    one, two = (Process(store, name, spend(100)) for _ in range(2))
    assert await two.take(70)
    two.settle(70, 70)
    await two.leasing.renew()
    assert await one.take(1)
    one.settle(1, 0)
    await store._driver.flushall()
    async with asyncio.TaskGroup() as group:
        group.create_task(one.leasing.renew())
        await asyncio.sleep(SHIPPED / 2)
        one.base = 70  # its drain has come by
    assert not await one.take(31)
    assert await one.take(30)


@pytest.mark.parametrize("per", ["month", "hour"])
async def test_a_redis_that_comes_back_older_is_told_by_the_ledger(store: Store, per: Per) -> None:
    name = team()
    one, two = (Process(store, name, spend(100, per)) for _ in range(2))
    for process in (one, two):
        assert await process.take(5)
        process.settle(5, 5)
        await process.leasing.renew()
    key = one.leasing._key("acme", one.meter)
    older = await store._driver.dump(key)
    for process in (one, two):
        assert await process.take(25)
        process.settle(25, 25)
        await process.leasing.renew()
    await store._driver.restore(key, 0, older, replace=True)
    one.base = two.base = 60  # their rows are in the ledger by now
    await one.leasing.renew()
    await two.leasing.renew()
    assert one.meter.everyone == two.meter.everyone == 60
    assert not await one.take(41)
    for process in (one, two):
        process.meter.short = True
        await process.leasing.renew()
    assert await two.take(40)
    two.settle(40, 40)
    await two.leasing.renew()
    await one.leasing.renew()
    assert not await one.take(1)


async def test_a_report_that_got_no_answer_counts_once(store: Store) -> None:
    one = Process(store, team(), spend(100))
    assert await one.take(10)
    one.settle(10, 10)
    key = one.leasing._key("acme", one.meter)
    values = [one.leasing._process, LIFE_MS, *one.meter.report(0, one.now)]
    await store.script("lease", [key], values)  # and the answer is lost
    await one.leasing.renew()
    assert one.meter.everyone == 10


async def test_such_a_report_counts_once_also_when_its_process_was_thought_dead(
    store: Store, server: RedisServer
) -> None:
    one, two = (Process(store, name, spend(100)) for name in [team()] * 2)
    assert await one.take(10)
    one.settle(10, 10)
    key = one.leasing._key("acme", one.meter)
    await store.script("lease", [key], [one.leasing._process, LIFE_MS, *one.meter.report(0, one.now)])
    with Redis.from_url(server.url, decode_responses=True) as client:
        amount, _, number = str(client.hget(key, f"l{one.leasing._process}")).split(":")
        client.hset(key, f"l{one.leasing._process}", f"{amount}:1:{number}")
    assert await two.take(1)
    assert two.meter.everyone == 10 + int(amount)
    await one.leasing.renew()
    assert one.meter.everyone == 10


RULES = {"deny": (0, 0), "allow": (50, 50), "local-share": (1, 20)}


@pytest.mark.parametrize("rule", list(RULES))
async def test_without_redis_each_limit_has_its_rule(rule: str) -> None:
    class Away:
        async def script(self, *_: object) -> list[object]:
            raise StoreDown("away")

    limit = Limit("requests", 100, "minute", on_store_failure=rule)  # type: ignore[arg-type]
    meter = Leased(limit, T0)
    leasing = Leasing(Away(), "p", lambda: T0, None)  # type: ignore[arg-type]
    leasing.know(MeterId(Owner("team", "t"), "requests", "minute", None, "UTC"), meter, "acme")
    admitted = 0
    for _ in range(50):
        if not meter.take(1, T0):
            with pytest.raises(StoreDown):
                await leasing.ensure([(meter, 1)])
            if not meter.fall_back(1, T0) or not meter.take(1, T0):
                continue
        meter.settle(1, 1, T0, T0)
        admitted += 1
    least, most = RULES[rule]
    assert least <= admitted <= most


@patient
async def test_a_moment_without_redis_refuses_for_no_longer_than_that(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Process(store, team(), spend(100))
    assert await one.take(1)
    one.settle(1, 1)
    renewing = asyncio.ensure_future(one.leasing.run())
    with monkeypatch.context() as patch:
        patch.setattr(Store, "script", _away)
        with pytest.raises(StoreDown):
            await one.take(50)
    try:
        with within(RENEWAL / 2):
            while True:
                try:
                    assert await one.take(50)
                    break
                except StoreDown:
                    await asyncio.sleep(0.01)
    finally:
        renewing.cancel()


async def _away(*_: object) -> list[object]:
    raise StoreDown("away")


async def test_a_lease_that_was_not_renewed_is_not_spent(store: Store) -> None:
    one = Process(store, team(), spend(1000))
    assert await one.take(1)
    one.now += LIFE_MS
    assert not one.meter.take(1, one.now)


async def test_a_process_that_stops_returns_what_it_did_not_use(store: Store) -> None:
    name = team()
    one, two = (Process(store, name, spend(100)) for _ in range(2))
    assert await one.take(60)
    one.settle(60, 60)
    await one.leasing.give_back()
    assert await two.take(40)


async def test_a_dead_node_of_a_cluster_stops_only_those_who_are_counted_there(tmp_path: Path) -> None:
    with redis_cluster(tmp_path) as cluster:
        store = Store(cluster.nodes[0].url, 20.0, time.monotonic)
        leasing = Leasing(store, "p", lambda: T0, None)
        meters = {}
        for number in range(3):
            place = next(f"org{n}" for n in range(1000) if cluster.owner(f"{{org{n}}}") == number)
            meters[number] = meter = Leased(spend(1000), T0)
            leasing.know(MeterId(Owner("organisation", place), "spend", "month", None, "UTC"), meter, place)
            await leasing.ensure([(meter, 10)])
            assert meter.take(10, T0)
        cluster.nodes[1].kill()
        with pytest.raises(StoreDown):
            await leasing.renew()
        with pytest.raises(StoreDown):
            await leasing.ensure([(meters[1], 500)])
        for number in (0, 2):
            await leasing.ensure([(meters[number], 500)])
            assert meters[number].take(500, T0)
        await store.close()
