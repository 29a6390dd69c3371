"""Redis answers within its deadline or is left alone for a while, and what it says is said in our words."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvloop

from storage.errors import StoreDown, StoreSlow
from storage.redis_store import FIRST_PAUSE, LONGEST_PAUSE, RedisStore
from tests.storage.redis import RedisServer, redis

CALL = ["p", 10_000, 100, 0, 0, 0, 10, 10, 0, 1, 0]
PATIENCE = 20.0


class Now:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


async def test_a_script_answers(server: RedisServer) -> None:
    store = RedisStore(server.url, Now())
    assert await store.run("lease", ["{a}:1"], CALL, PATIENCE) == [["10", "0", "10", 1, 0]]
    await store.close()


async def test_a_server_that_is_away_is_left_alone_for_longer_and_longer(tmp_path: Path) -> None:
    with redis(tmp_path) as server:
        now = Now()
        store = RedisStore(server.url, now)
        server.stop()
        pauses = []
        for _ in range(6):
            with pytest.raises(StoreDown, match="cannot be used"):
                await store.run("lease", ["{a}:1"], CALL, PATIENCE)
            with pytest.raises(StoreDown, match="not asked yet"):
                await store.run("lease", ["{a}:1"], CALL, PATIENCE)
            before = now.seconds
            while store.away:
                now.seconds += 0.125
            pauses.append(now.seconds - before)
        assert pauses[0] == FIRST_PAUSE
        assert pauses[-1] == LONGEST_PAUSE
        server.start()
        assert await store.run("lease", ["{a}:1"], CALL, PATIENCE)
        await store.close()


async def test_a_server_that_hangs_costs_no_more_than_the_deadline() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    hanging = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = hanging.sockets[0].getsockname()[1]
    store = RedisStore(f"redis://127.0.0.1:{port}/0", Now())
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(StoreSlow, match="in 50 ms"):
            await store.run("lease", ["{a}:1"], CALL, 0.05)
    await store.close()
    hanging.close()
    await hanging.wait_closed()


def test_a_connection_that_closed_before_it_was_written_to_is_down(server: RedisServer) -> None:
    async def ask() -> None:
        now = Now()
        store = RedisStore(server.url, now)
        await store.run("lease", ["{b}:1"], CALL, PATIENCE)
        pool = store._client.connection_pool
        connection = await pool.get_connection()
        await pool.release(connection)
        connection._writer.transport.abort()
        with pytest.raises(StoreDown, match="cannot be used"):
            await store.run("lease", ["{b}:1"], CALL, PATIENCE)
        now.seconds += LONGEST_PAUSE
        await store.run("lease", ["{b}:1"], CALL, PATIENCE)
        await store.close()

    uvloop.run(ask())  # asyncio's own transports take what is written, and lose it
