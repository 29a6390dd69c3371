"""What a dead process leased and did not use is free at once; what it may owe is used."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from config.limit import Limit, Per
from gateway.metering.inheriting import inherit
from gateway.metering.leasing import Leasing
from ledger.meters.estate import Estate
from ledger.meters.leased import Leased
from ledger.meters.registry import MeterId, Owner
from storage.redis import Redis
from tests.storage.redis_server import RedisServer, redis_server

T0 = 1_790_000_000_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[Redis]:
    store = Redis(server.url, 20.0, lambda: 0.0)
    await store._driver.flushall()
    yield store
    await store.close()


class Process:
    """One process with one meter of so much; dead once its estate was let go."""

    def __init__(self, store: Redis, folder: Path, name: str, limit: Limit) -> None:
        self.estate = Estate(folder, name)
        self.leasing = Leasing(store, name, lambda: T0, None, self.estate)
        self.meter = Leased(limit, T0)
        self.leasing.know(MeterId(Owner("team", "t"), "spend", limit.per, None, "UTC"), self.meter, "acme")
        self.key = self.leasing._key("acme", self.meter)

    async def take(self, amount: int, *, sent: bool) -> bool:
        if not self.meter.take(amount, T0):
            await self.leasing.ensure([(self.meter, amount)])
            if not self.meter.take(amount, T0):
                return False
        if sent:
            self.owe(amount)
        return True

    def owe(self, amount: int) -> None:
        assert self.meter.debt is not None
        self.meter.debt.add(amount, T0)

    def die(self) -> None:
        self.estate._ownership.release(remove=False)


def budget(per: Per = "month") -> Limit:
    return Limit("spend", 1000, per, hard=True)


async def used(store: Redis, key: str) -> int:
    fields = await store._driver.hgetall(key)  # type: ignore[misc]
    fields.pop(b"short", None)
    return sum(int(value) for name, value in fields.items() if name == b"n" or name[:1] == b"s")


@pytest.mark.parametrize("per", ["hour", "month", "total"])
async def test_only_what_was_sent_is_used(store: Redis, tmp_path: Path, per: Per) -> None:
    dead, heir = (Process(store, tmp_path, name, budget(per)) for name in ("dead", "heir"))
    assert await dead.take(300, sent=True)
    assert await dead.take(400, sent=False)
    assert not await heir.take(650, sent=False)
    dead.die()
    assert await inherit(store, tmp_path) == 1
    assert await inherit(store, tmp_path) == 0
    assert await used(store, dead.key) == 300
    assert await heir.take(700, sent=False)
    assert not await heir.take(1, sent=False)
    heir.die()


async def test_what_counted_as_used_when_the_lease_ended_comes_back(store: Redis, tmp_path: Path) -> None:
    dead, heir = (Process(store, tmp_path, name, budget()) for name in ("dead", "heir"))
    assert await dead.take(500, sent=True)
    dead.owe(-450)  # its answer came, and cost 50
    amount, _, number = (await store._driver.hget(dead.key, "ldead")).decode().split(":")  # type: ignore[misc]
    await store._driver.hset(dead.key, "ldead", f"{amount}:1:{number}")  # type: ignore[misc]
    assert not await heir.take(900, sent=False)
    assert await used(store, dead.key) == int(amount)
    dead.die()
    assert await inherit(store, tmp_path) == 1
    assert await used(store, dead.key) == 50
    assert await heir.take(950, sent=False)
    heir.die()


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "not heard"])
async def test_a_report_whose_answer_was_lost_counts_once(store: Redis, tmp_path: Path, heard: bool) -> None:
    dead = Process(store, tmp_path, "dead", budget())
    assert await dead.take(100, sent=True)
    dead.meter.settle(100, 100, T0, T0)
    report = dead.meter.report(0, T0)
    if heard:
        await store.script("lease", [dead.key], ["dead", 10_000, *report])
    dead.die()
    assert await inherit(store, tmp_path) == 1
    assert await used(store, dead.key) == 100


async def test_a_month_that_is_over_owes_nothing_to_the_next(store: Redis, tmp_path: Path) -> None:
    dead = Process(store, tmp_path, "dead", budget())
    assert await dead.take(100, sent=True)
    await store._driver.hset(dead.key, mapping={"w": dead.meter.starts + 1, "n": 7})  # type: ignore[misc]
    dead.die()
    assert await inherit(store, tmp_path) == 1
    assert await used(store, dead.key) == 7


async def test_a_redis_that_knows_nothing_of_the_meter_is_told_by_the_ledger(
    store: Redis, tmp_path: Path
) -> None:
    dead = Process(store, tmp_path, "dead", budget())
    assert await dead.take(100, sent=True)
    await store._driver.flushall()
    dead.die()
    assert await inherit(store, tmp_path) == 1
    assert await store._driver.keys() == []


async def test_what_cannot_be_reported_now_is_reported_later(
    store: Redis, server: RedisServer, tmp_path: Path
) -> None:
    dead = Process(store, tmp_path, "dead", budget())
    assert await dead.take(100, sent=True)
    dead.die()
    away = Redis("redis://127.0.0.1:1/0", 1.0, lambda: 0.0)
    assert await inherit(away, tmp_path) == 0
    await away.close()
    assert await inherit(store, tmp_path) == 1
    assert await used(store, dead.key) == 100
