"""Processes tell one another of targets over a real Redis, believe what is news, and do without it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from config.catalog import Secret, Settings
from gateway.clock import Clock
from gateway.targets.health import Failed, Health
from gateway.targets.health_sharing import FORGET_SECONDS, HealthSharing, share_health
from routing.breaker import FAILURES_IN_A_ROW, Circuit
from routing.faults import Fault
from routing.target import TargetState
from storage.redis import Redis
from tests.gateway.running import running, with_tables
from tests.storage.redis_server import RedisServer, redis_server

KEY = Secret("sk-same", "test")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


class Process:
    """One replica: its health, its clock, its side of the sharing."""

    def __init__(self, server: RedisServer, name: str) -> None:
        self.now = 100.0
        clock = Clock(lambda: 0, lambda: 0.0, lambda: self.now)
        self.health = Health(clock)
        self.redis = Redis(server.url, 5.0, clock.monotonic)
        self.sharing = HealthSharing(self.health, self.redis, name)
        self.state: TargetState = self.health.target("v/m", ("v", "m"), [KEY], declared=True)

    def call(self, fault: Fault | None = None, wait: float | None = None) -> None:
        """One call that ends, well or not."""
        began = self.now
        self.state.began(1, began, self.state.wholes)
        self.state.left(1, began, self.state.wholes)
        if fault is None:
            self.state.good(began, self.now)
        else:
            self.health.failed(self.state, self.state.keys[0], Failed(began, self.now, fault, wait))

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.health.refresh()

    @property
    def circuit(self) -> Circuit:
        return self.state.breaker.circuit


@pytest.fixture
async def two(server: RedisServer) -> AsyncIterator[tuple[Process, Process]]:
    server.command("FLUSHALL")
    one, other = Process(server, "one"), Process(server, "other")
    yield one, other
    await one.redis.close()
    await other.redis.close()


async def exchange(*processes: Process) -> None:
    for process in processes:
        await process.sharing.exchange()


def broken(process: Process) -> None:
    for _ in range(FAILURES_IN_A_ROW):
        process.call(Fault.BROKEN)


async def test_a_breaker_that_opens_here_opens_there(two: tuple[Process, Process]) -> None:
    one, other = two
    broken(one)
    assert one.circuit is Circuit.OPEN
    await exchange(one, other)
    assert other.circuit is Circuit.OPEN and not other.health.calm
    assert other.health.view("v/m").open


async def test_one_opening_is_believed_once_and_not_told_on(two: tuple[Process, Process]) -> None:
    one, other = two
    broken(one)
    await exchange(one, other, one, other)
    other.pass_by(2.5)
    assert other.circuit is Circuit.PROBING
    other.call()
    await exchange(one, other)
    assert other.circuit is Circuit.WARMING  # it found out for itself
    one.pass_by(2.5)
    await exchange(other, one)
    assert one.circuit is Circuit.PROBING  # what it said itself does not come back to it


async def test_who_does_well_believes_itself(two: tuple[Process, Process]) -> None:
    one, other = two
    await exchange(other)
    other.call()
    broken(one)
    await exchange(one, other)
    assert other.circuit is Circuit.CLOSED


async def test_a_key_that_has_to_wait_waits_everywhere_and_no_longer(two: tuple[Process, Process]) -> None:
    one, other = two
    one.call(Fault.LIMITED, wait=20.0)
    await exchange(one, other)
    assert other.health.view("v/m").limited
    assert other.state.keys[0].free_at() == pytest.approx(120.0, abs=0.01)
    for _ in range(5):  # told to and fro it would never end
        one.pass_by(3.0)
        other.pass_by(3.0)
        await exchange(one, other, one)
    assert one.state.keys[0].free_at() == pytest.approx(120.0, abs=0.01)
    other.pass_by(6.0)
    assert not other.health.view("v/m").limited


async def test_another_key_of_the_same_target_does_not_wait(two: tuple[Process, Process]) -> None:
    one, other = two
    other.state = other.health.target("v/m", ("v", "m"), [Secret("sk-another", "test")], declared=True)
    one.call(Fault.LIMITED, wait=20.0)
    await exchange(one, other)
    assert not other.health.view("v/m").limited


async def test_no_key_is_written_down(two: tuple[Process, Process], server: RedisServer) -> None:
    one, _ = two
    one.call(Fault.LIMITED, wait=20.0)
    await exchange(one)
    (told,) = await one.redis.run(("HGET", "sb:health", "one"))
    assert b"v/m" in told and b"sk-same" not in told


async def test_who_is_gone_is_forgotten(two: tuple[Process, Process]) -> None:
    one, other = two
    await exchange(one, other)
    for _ in range(2):
        other.pass_by(FORGET_SECONDS + 1)
        await exchange(other)
    (left,) = await other.redis.run(("HKEYS", "sb:health"))
    assert left == [b"other"]


async def test_without_redis_each_learns_for_itself(
    two: tuple[Process, Process], server: RedisServer
) -> None:
    one, other = two
    server.freeze()
    one.sharing._redis = Redis(server.url, 0.05, lambda: 0.0)
    broken(one)
    await exchange(one)
    server.thaw()
    assert one.circuit is Circuit.OPEN and other.circuit is Circuit.CLOSED
    one.sharing._redis = one.redis
    await exchange(one, other)
    assert other.circuit is Circuit.OPEN


async def test_what_another_version_says_is_passed_over(two: tuple[Process, Process]) -> None:
    one, _ = two
    await one.redis.run(("HSET", "sb:health", "odd", "{}"))
    await exchange(one)
    assert one.circuit is Circuit.CLOSED


async def test_it_goes_on_until_it_is_ended(two: tuple[Process, Process], server: RedisServer) -> None:
    one, other = two
    broken(one)
    told = asyncio.ensure_future(share_health(Settings(redis=server.url, redis_deadline=5.0), one.health))
    async with asyncio.timeout(10):
        while other.circuit is not Circuit.OPEN:
            await asyncio.sleep(0.05)
            await exchange(other)
    told.cancel()
    with pytest.raises(asyncio.CancelledError):
        await told


def test_a_gateway_with_a_redis_tells_others(server: RedisServer, tmp_path: Path) -> None:
    server.command("FLUSHALL")
    file = tmp_path / "signalbox.yaml"
    models = "vendors: { sim: {} }\nmodels: { a: { targets: [sim/small] } }\n"
    file.write_text(f'{models}stores: {{ redis: "{server.url}" }}\n')
    with_tables(tmp_path)
    with running(tmp_path, "--config", str(file)) as gateway:
        deadline = time.monotonic() + 20
        while server.command("HLEN sb:health") != b":1" and time.monotonic() < deadline:
            time.sleep(0.1)
        assert server.command("HLEN sb:health") == b":1"
        assert gateway.chat("a").status_code == 200


async def test_a_fresh_replica_starts_from_what_the_others_measured(two: tuple[Process, Process]) -> None:
    one, other = two
    for _ in range(30):
        one.call()
        one.state.wrote(1000.0, 101, 0.4)
    one.call(Fault.BROKEN)
    await exchange(one, other)
    state = other.state
    assert (state.per_token_ms, state.output_tokens) == (10.0, 101.0)
    assert state.cached_share == pytest.approx(0.4) and state.success == pytest.approx(0.95)
    (told,) = await one.redis.run(("HGET", "sb:averages", "one"))
    assert b"v/m" in told and b"sk-same" not in told


async def test_averages_of_who_is_gone_are_taken_away(two: tuple[Process, Process]) -> None:
    one, other = two
    one.call()
    await exchange(one, other)
    for _ in range(2):
        other.pass_by(FORGET_SECONDS + 1)
        await exchange(other)
    (left,) = await other.redis.run(("HKEYS", "sb:averages"))
    assert left == [b"other"]
