"""A server that does not answer in time is an error in our words, and soon costs no time at all."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from storage.errors import StoreConflict, StoreDown, StoreSlow
from storage.redis import FIRST_PAUSE, LONGEST_PAUSE, Redis
from tests.storage.redis_server import RedisServer, redis_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


CALL = ["p", 10_000, 100, 0, 0, 0, 10, 10, 0, 1, 0, 0]


class Ticking:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_commands_go_out_together_and_are_answered_in_order(server: RedisServer) -> None:
    redis = Redis(server.url, 10.0, Ticking())
    replies = await redis.run(("SET", "a", b"\0\xff"), ("GET", "a"), ("GET", "nothing"))
    assert replies[1:] == [b"\0\xff", None]
    await redis.close()


async def test_a_refused_command_does_not_count_against_the_server(server: RedisServer) -> None:
    redis = Redis(server.url, 10.0, Ticking())
    for _ in range(5):
        with pytest.raises(StoreConflict):
            await redis.run(("INCR", "a", "b", "c"))
    assert not redis.resting
    await redis.close()


async def test_a_server_that_stalls_is_given_up_and_then_left_alone(server: RedisServer) -> None:
    clock = Ticking()
    redis = Redis(server.url, 0.05, clock)
    server.freeze()
    try:
        with pytest.raises(StoreSlow):
            await redis.run(("GET", "a"))
        began = time.process_time()
        for _ in range(100):
            with pytest.raises(StoreDown):
                await redis.run(("GET", "a"))
        assert time.process_time() - began < 1
    finally:
        server.thaw()
    clock.now = FIRST_PAUSE
    assert not redis.resting
    await redis.close()


async def test_questions_that_were_under_way_together_make_one_pause(server: RedisServer) -> None:
    clock = Ticking()
    redis = Redis(server.url, 0.05, clock)
    server.freeze()
    try:
        for beginning in (0.0, 10.0):
            clock.now = beginning
            asked = [redis.run(("GET", "a")) for _ in range(20)]
            failures = await asyncio.gather(*asked, return_exceptions=True)
            assert all(isinstance(each, StoreDown) for each in failures)
            clock.now += LONGEST_PAUSE - 0.01
            assert not redis.resting, "twenty failures of one moment count as twenty"
    finally:
        server.thaw()
    await redis.close()


async def test_a_server_that_is_away_is_left_alone_for_longer_and_longer(server: RedisServer) -> None:
    clock = Ticking()
    redis = Redis(server.url, 20.0, clock)
    assert await redis.script("lease", ["{a}:1"], CALL) == [[b"10", b"0", b"10", 1, 0, 1, b"0"]]
    server.kill()
    pauses = []
    for _ in range(6):
        with pytest.raises(StoreDown, match="cannot be used"):
            await redis.script("lease", ["{a}:1"], CALL)
        with pytest.raises(StoreDown, match="left alone"):
            await redis.script("lease", ["{a}:1"], CALL)
        before = clock.now
        while redis.resting:
            clock.now += 0.125
        pauses.append(clock.now - before)
    assert pauses[0] == FIRST_PAUSE
    assert pauses[-1] == LONGEST_PAUSE
    server.start()
    assert await redis.script("lease", ["{a}:1"], CALL), "the script is not there any more, and is sent again"
    with pytest.raises(StoreConflict):
        await redis.run(("INCR", "a", "b", "c"))
    await redis.close()


@asynccontextmanager
async def moving_address(*servers: RedisServer) -> AsyncIterator[tuple[str, Callable[[], None]]]:
    """The URL of an address that leads to the first server, and what makes it lead to the next one."""
    left = list(servers)

    async def copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", left[0].port)
        await asyncio.gather(copied(reader, there[1]), copied(there[0], writer))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        yield f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}/0", lambda: left.remove(servers[0])


async def test_the_heir_of_a_master_that_was_demoted_is_found_at_its_address(
    server: RedisServer, tmp_path: Path
) -> None:
    clock = Ticking()
    with redis_server(tmp_path) as demoted:
        async with moving_address(demoted, server) as (url, move):
            redis = Redis(url, 10.0, clock)
            # Two connections, which stay where they are.
            await asyncio.gather(*(redis.run(("SET", "a", "1")) for _ in range(2)))
            demoted.command(f"REPLICAOF 127.0.0.1 {server.port}")
            move()
            with pytest.raises(StoreDown):
                await redis.run(("SET", "a", "2"))
            clock.now = FIRST_PAUSE
            assert await redis.run(("SET", "a", "2")) == [True]
            await redis.close()


async def test_one_that_was_taken_for_a_node_of_a_cluster_is_asked_as_one_server_again(
    server: RedisServer,
) -> None:
    redis = Redis(server.url, 10.0, Ticking())
    await redis.run(("SET", "a", "1"))
    redis._joined()  # as after a MOVED, of a proxy or of what was at its address before
    with pytest.raises(StoreDown):
        await redis.run(("GET", "a"))
    assert await redis.run(("GET", "a")) == [b"1"]
    await redis.close()


@pytest.mark.parametrize("command", [("GET", "a"), ("SCAN", "0")])
async def test_one_that_names_another_place_for_everything_is_down(command: tuple[str, str]) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while asked := await reader.read(65_536):
            writer.write(b"-MOVED 1 127.0.0.1:1\r\n" * asked.count(b"*"))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        redis = Redis(f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}/0", 10.0, Ticking())
        for _ in range(3):
            with pytest.raises(StoreDown):
                await redis.run(command)
        await redis.close()


async def test_a_server_that_is_not_there_is_down() -> None:
    redis = Redis("redis://127.0.0.1:1/0", 5.0, Ticking())
    with pytest.raises(StoreDown):
        await redis.run(("GET", "a"))
    await redis.close()


def test_a_connection_that_closed_before_it_was_written_to_is_down(server: RedisServer) -> None:
    async def ask() -> None:
        clock = Ticking()
        redis = Redis(server.url, 10.0, clock)
        await redis.run(("GET", "a"))
        pool = redis._driver.connection_pool
        connection = await pool.get_connection()
        await pool.release(connection)
        connection._writer.transport.abort()
        with pytest.raises(StoreDown):
            await redis.run(("GET", "a"))
        clock.now = FIRST_PAUSE
        await redis.run(("GET", "a"))
        await redis.close()

    uvloop.run(ask())  # asyncio's own transports take what is written, and lose it
