"""One holder has the lease; what is kept comes back as it was; a store that fails holds nothing."""

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import msgspec
import pytest

from caching.purging import KEY_DIGITS, doomed, order
from caching.remote import Remote
from caching.sealing import Sealing
from storage.errors import StoreSlow
from storage.redis import Redis
from tests.caching.test_kept import KEPT
from tests.storage.redis_server import RedisServer, redis_server

PRINT = b"\1" * 32
FRESH = msgspec.structs.replace(KEPT, body=b"x" * 10_000, at=1000.0, fresh_until=1060.0, gone_at=1060.0)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
async def remote(server: RedisServer) -> AsyncIterator[Remote]:
    server.command("FLUSHALL")
    redis = Redis(server.url, 10.0, lambda: 0.0)
    yield Remote(redis)
    await redis.close()


async def test_of_two_that_ask_one_has_the_turn_and_the_other_gets_its_answer(remote: Remote) -> None:
    assert await remote.ask(PRINT, "one", 1000.0) is True
    assert await remote.ask(PRINT, "one", 1000.0) is True
    assert await remote.ask(PRINT, "other", 1000.0) is False
    await remote.put(PRINT, "one", FRESH, 1000.0)
    assert await remote.ask(PRINT, "other", 1000.0) == FRESH
    assert await remote.get(PRINT) == FRESH


async def test_what_is_no_longer_fresh_is_asked_for_again(remote: Remote) -> None:
    await remote.put(PRINT, "one", FRESH, 1000.0)
    assert await remote.ask(PRINT, "other", 1061.0) is True


async def test_a_turn_that_is_given_back_goes_to_the_next(remote: Remote) -> None:
    assert await remote.ask(PRINT, "one", 1000.0) is True
    await remote.give_back(PRINT, "somebody else")
    assert await remote.ask(PRINT, "other", 1000.0) is False
    await remote.give_back(PRINT, "one")
    assert await remote.ask(PRINT, "other", 1000.0) is True


async def test_a_turn_runs_out_unless_it_is_renewed(remote: Remote, server: RedisServer) -> None:
    await remote.ask(PRINT, "one", 1000.0)
    key = f"sb:lease:{{{PRINT.hex()}}}"
    assert 0 < int(server.command("PTTL", key)[1:]) <= 10_000
    server.command("PEXPIRE", key, "60000")
    await remote.renew(PRINT, "other")
    assert int(server.command("PTTL", key)[1:]) > 10_000
    await remote.renew(PRINT, "one")
    assert int(server.command("PTTL", key)[1:]) <= 10_000


async def test_where_nothing_can_be_shared_each_asks_for_itself(remote: Remote) -> None:
    await remote.ask(PRINT, "one", 1000.0)
    await remote.put(PRINT, "one", None, 1000.0)
    assert await remote.ask(PRINT, "other", 1000.0) is True
    assert await remote.get(PRINT) is False


async def test_answers_are_kept_small_and_go_by_themselves(remote: Remote, server: RedisServer) -> None:
    await remote.put(PRINT, "one", FRESH, 1000.0)
    key = f"sb:cache:{{{PRINT.hex()}}}"
    assert int(server.command("STRLEN", key)[1:]) < 1000
    assert 0 < int(server.command("PTTL", key)[1:]) <= 60_000
    await remote.drop(PRINT)
    assert await remote.get(PRINT) is False


@pytest.mark.parametrize("written", ["1garbage", "9", "x"])
async def test_what_somebody_else_wrote_is_no_answer(
    remote: Remote, server: RedisServer, written: str
) -> None:
    server.command("SET", f"sb:cache:{{{PRINT.hex()}}}", written)
    assert await remote.get(PRINT) is False


class Away:
    async def run(self, *commands: Any) -> list[Any]:
        raise StoreSlow("Redis did not answer in time")


async def test_a_store_that_fails_holds_nothing_and_keeps_nobody_waiting() -> None:
    remote = Remote(Away())
    assert await remote.get(PRINT) is None
    assert await remote.ask(PRINT, "one", 0.0) is True
    await remote.put(PRINT, "one", FRESH, 0.0)
    await remote.renew(PRINT, "one")
    await remote.give_back(PRINT, "one")
    await remote.drop(PRINT)
    assert remote.failures == 7  # who cannot have the turn still asks for the answer


async def test_a_server_without_room_still_says_what_it_has(remote: Remote, server: RedisServer) -> None:
    await remote.put(PRINT, "call", FRESH, 1000.0)
    server.command("CONFIG SET maxmemory 1mb")
    try:
        assert await remote.ask(PRINT, "one", 1000.0) == FRESH
        assert await remote.ask(b"\2" * 32, "one", 1000.0) is True
        await remote.put(b"\2" * 32, "one", FRESH, 1000.0)
        assert await remote.get(b"\2" * 32) is False
    finally:
        server.command("CONFIG SET maxmemory 0")
    assert await remote.ask(b"\2" * 32, "other", 1000.0) is True


async def test_purging_takes_what_is_meant(remote: Remote) -> None:
    for number in range(30):
        kept = msgspec.structs.replace(FRESH, team="x" if number % 3 else "y")
        await remote.put(bytes([number]) * 32, "one", kept, 1000.0)
    assert await remote.purge(lambda _, kept: kept.team == "x") == 20
    assert await remote.get(bytes([3]) * 32) is not None
    assert await remote.get(bytes([4]) * 32) is False
    assert await Remote(Away()).purge(lambda _, kept: True) is None


async def test_a_purge_asks_for_no_reply_that_takes_too_long(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it ends never, and all calls do without the store meanwhile."""
    monkeypatch.setattr("caching.remote._MOST_BYTES", 10_000)
    bodies = [random.Random(place).randbytes(size) for place, size in enumerate([4_000] * 7 + [30_000, 10])]
    for place, body in enumerate(bodies):
        await remote.put(bytes([place]) * 32, "one", msgspec.structs.replace(FRESH, body=body), 1000.0)
    run, replies = remote._redis.run, list[list[bytes]]()

    async def noted(*commands: Any) -> list[Any]:
        found = await run(*commands)
        if commands[0][0] == "GET":
            replies.append(found)
        return found

    monkeypatch.setattr(remote._redis, "run", noted)
    assert await remote.purge(lambda print_, _: print_[0] % 2 == 0) == 5
    assert sum(map(len, replies)) == len(bodies)
    assert all(len(each) == 1 or sum(map(len, each)) <= 10_000 for each in replies)
    assert [bool(await remote.get(bytes([place]) * 32)) for place in range(9)] == [False, True] * 4 + [False]


async def test_what_no_key_reads_any_more_goes_with_all(remote: Remote, server: RedisServer) -> None:
    await remote.ask(b"\1" * 32, "one", 1000.0)
    await remote.put(b"\1" * 32, "one", None, 1000.0)  # those who wait are still told that there is nothing
    await remote.put(b"\2" * 32, "one", FRESH, 1000.0)
    for print_ in (b"\3" * 32, b"\4" * 32):
        server.command("SET", f"sb:cache:{{{print_.hex()}}}", "of-another-key")
    orders = [order("key", (b"\3" * 32).hex()[:KEY_DIGITS]), order("all")]
    for each, gone in zip([order("team", FRESH.team + "x"), *orders], (0, 1, 2), strict=True):
        meant = doomed([each])
        assert meant is not None
        assert await remote.purge(meant) == gone
    assert int(server.command("DBSIZE")[1:]) == 1


async def test_a_long_answer_is_packed_and_read_beside_the_loop(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A megabyte takes 11 ms to pack and 4 to read, in which no call would be answered."""
    here, apart = threading.get_ident(), list[bool]()
    write, read = Sealing.write, Sealing.read

    def noted(work: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*args: Any) -> Any:
            apart.append(threading.get_ident() != here)
            return work(*args)

        return inner

    monkeypatch.setattr(Sealing, "write", noted(write))
    monkeypatch.setattr(Sealing, "read", noted(read))
    long = msgspec.structs.replace(FRESH, body=random.Random(1).randbytes(100_000))
    await remote.put(PRINT, "one", long, 1000.0)
    assert await remote.get(PRINT) == await remote.ask(PRINT, "other", 1000.0) == long
    assert await remote.get_all([PRINT]) == [long]
    assert apart == [True] * 4
    await remote.put(PRINT, "one", FRESH, 1000.0)
    assert await remote.get(PRINT) == FRESH
    assert apart[4:] == [False, False]
    assert await remote.purge(lambda _, kept: True) == 1
    assert apart[6:] == [True]


async def test_it_remembers_up_to_which_order_it_has_followed(remote: Remote) -> None:
    assert await remote.obeyed() == 0
    await remote.obey(9)
    assert await remote.obeyed() == 9
    assert await Remote(Away()).obeyed() is None


async def test_what_stands_is_the_last_of_each_in_the_order_in_which_they_came(remote: Remote) -> None:
    assert await remote.stands(b"topic") == []
    assert await remote.stand(b"topic", b"later\0", b"1:\xff")
    assert await remote.stand(b"topic", b"earlier", b"")
    assert await remote.stand(b"topic", b"later\0", b"\r\n2")
    assert sorted(await remote.stands(b"topic")) == [(1, b"\r\n2"), (2, b"")]
    assert await remote.stands(b"another") == []


async def test_notes_come_in_their_order_and_each_once(remote: Remote) -> None:
    assert await remote.notes(b"topic", b"") == []
    for item in (b"one", b"two\r\n\0"):
        await remote.note(b"topic", item)
    await remote.note(b"other", b"three")
    found = await remote.notes(b"topic", b"")
    assert [item for _, item in found] == [b"one", b"two\r\n\0"]
    assert [item for _, item in await remote.notes(b"topic", found[0][0])] == [b"two\r\n\0"]
    assert await remote.notes(b"topic", found[1][0]) == []


async def test_of_notes_the_latest_stay_and_more_where_more_are_wanted(remote: Remote) -> None:
    for number in range(3000):
        await remote.note(b"few", b"%d" % number)
        await remote.note(b"many", b"%d" % number, 5000)
    few, many = await remote.notes(b"few", b""), await remote.notes(b"many", b"")
    assert few[-1][1] == b"2999" and few[0][1] != b"0"
    assert [item for _, item in many] == [b"%d" % number for number in range(2000)]
    assert len(await remote.notes(b"many", many[-1][0])) == 1000


async def test_several_answers_come_in_one_reply(remote: Remote) -> None:
    await remote.put(PRINT, "call", FRESH, 1000.0)
    assert await remote.get_all([b"\2" * 32, PRINT]) == [None, FRESH]
    assert await Remote(Away()).get_all([PRINT]) is None


class Sleeping:
    """A server that does what it was sent when it wakes, however long ago its client has given up."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._sent: list[Any] = []
        self.sleeps = False

    async def run(self, *commands: Any) -> list[Any]:
        if self.sleeps:
            self._sent.append(commands)
            raise StoreSlow("it sleeps")
        return await self._redis.run(*commands)

    async def wake(self) -> None:
        self.sleeps = False
        await self._redis.run(*self._sent[0])  # what came after it was not sent: it is left alone


@pytest.mark.parametrize("answered", [True, False])
async def test_a_turn_that_was_given_after_its_call_had_ended_holds_up_nobody(
    server: RedisServer, answered: bool
) -> None:
    server.command("FLUSHALL")
    redis = Redis(server.url, 10.0, lambda: 0.0)
    sleeping = Sleeping(redis)
    remote = Remote(sleeping)
    sleeping.sleeps = True
    assert await remote.ask(PRINT, "one", 1000.0) is True
    if answered:
        await remote.put(PRINT, "one", None, 1000.0)
    else:
        await remote.give_back(PRINT, "one")
    await sleeping.wake()
    assert await remote.ask(PRINT, "other", 1000.0) is False
    assert await remote.ask(PRINT, "other", 1000.0) is True
    await redis.close()


async def test_turns_are_given_back_though_the_call_that_does_so_leaves(server: RedisServer) -> None:
    server.command("FLUSHALL")
    redis = Redis(server.url, 10.0, lambda: 0.0)
    sleeping, hangs = Sleeping(redis), asyncio.Event()
    remote = Remote(sleeping)
    assert await remote.ask(PRINT, "one", 1000.0) is True
    sleeping.sleeps = True
    await remote.give_back(PRINT, "one")
    sleeping.sleeps = False
    run = sleeping.run

    async def slow(*commands: Any) -> list[Any]:
        if commands[0][0] == "EVAL":
            hangs.set()
            await asyncio.sleep(60)
        return await run(*commands)

    sleeping.run = slow  # type: ignore[method-assign]
    leaving = asyncio.ensure_future(remote.get(PRINT))
    await hangs.wait()
    leaving.cancel()
    await asyncio.wait([leaving])
    sleeping.run = run  # type: ignore[method-assign]
    await remote.get(PRINT)
    assert await remote.ask(PRINT, "other", 1000.0) is True
    await redis.close()


FOREIGN = [
    pytest.param([("SET", "sb:cache:{zz}", "x")], id="a name that is no answer's"),
    pytest.param([("RPUSH", "sb:cache:list", "x")], id="a list among answers"),
    pytest.param([("HSET", f"sb:cache:{{{PRINT.hex()}}}", "a", "b")], id="a hash for an answer"),
    pytest.param([("SET", "sb:obeyed", "x"), ("XADD", "sb:notes:t", "*", "a", "b")], id="other words"),
    pytest.param([("RPUSH", "sb:obeyed", "x"), ("HSET", "sb:stands:t", "w", "x")], id="other types"),
]


@pytest.mark.parametrize("commands", FOREIGN)
async def test_what_somebody_else_has_put_under_our_names_is_passed_over(
    remote: Remote, server: RedisServer, commands: list[tuple[str, ...]]
) -> None:
    for command in commands:
        server.command(*command)
    kept = b"\2" * 32
    await remote.put(kept, "one", FRESH, 1000.0)
    assert await remote.obeyed() == 0
    assert [item for _, item in await remote.notes(b"t", b"") or () if item] == []
    assert await remote.stands(b"t") == []
    assert await remote.purge(doomed([order("team", FRESH.team)]) or (lambda *_: False)) == 1
    assert await remote.get(kept) is False
    await remote.obey(7)
    assert await remote.obeyed() == 7
