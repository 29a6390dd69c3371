"""Keys of a cluster are found at whichever node has them, also while they move and when a node dies."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace

import pytest

from storage.errors import StoreConflict, StoreDown
from storage.redis import FIRST_PAUSE, Redis
from tests.storage.redis_cluster import RedisCluster, redis_cluster

CALL = ["p", 10_000, 100, 0, 0, 0, 10, 10, 0, 1, 0, 0]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    with redis_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture
def clock() -> SimpleNamespace:
    return SimpleNamespace(now=0.0)


@pytest.fixture
async def redis(cluster: RedisCluster, clock: SimpleNamespace) -> AsyncIterator[Redis]:
    """Knows of the first node only."""
    store = Redis(cluster.nodes[0].url, 20.0, lambda: clock.now)
    yield store
    await store.close()


def key_at(cluster: RedisCluster, number: int, name: str = "k") -> str:
    """A key that this node has."""
    return next(key for n in range(1000) if cluster.owner(key := f"{{{name}{n}}}:m") == number)


async def test_every_key_is_found_where_it_lies(cluster: RedisCluster, redis: Redis) -> None:
    keys = [key_at(cluster, number) for number in range(3)]
    assert await redis.run(*(("SET", key, key) for key in keys)) == [True] * 3
    assert await redis.run(*(("GET", key) for key in keys)) == [key.encode() for key in keys]
    for key in keys:
        assert await redis.script("lease", [f"{key}:lease"], CALL) == [[b"10", b"0", b"10", 1, 0, 1, b"0"]]
        assert await redis.run(("EVAL", "return redis.call('get', KEYS[1])", 1, key)) == [key.encode()]


@pytest.mark.parametrize("first", range(3))
async def test_what_comes_together_is_parted_by_its_places(
    cluster: RedisCluster, redis: Redis, first: int
) -> None:
    """Also what comes before anything is known of the cluster, wherever the first of its keys lie."""
    number = first, first, (first + 1) % 3
    keys = [key_at(cluster, at, f"{place}-of-{first}-") for place, at in enumerate(number)]
    assert await redis.run(*(("SET", key, key) for key in keys)) == [True] * 3
    assert await redis.run(*(("GET", key) for key in keys)) == [key.encode() for key in keys]


async def test_a_command_whose_keys_are_in_different_slots_is_a_conflict(
    cluster: RedisCluster, redis: Redis
) -> None:
    keys = [key_at(cluster, 0, name) for name in ("one", "two")]
    with pytest.raises(StoreConflict, match="slots"):
        await redis.script("lease", keys, CALL)
    assert await redis.run(("GET", keys[0])) == [None]


async def test_a_scan_sees_the_keys_of_every_node(cluster: RedisCluster, redis: Redis) -> None:
    wanted = {f"scanned:{{{n}}}" for n in range(100)}
    await redis.run(*(("SET", key, "1") for key in wanted))
    cursor, found = b"0", set()
    while True:
        [[cursor, keys]] = await redis.run(("SCAN", cursor, "MATCH", "scanned:*", "COUNT", 7))
        found.update(key.decode() for key in keys)
        if cursor == b"0":
            break
    assert found == wanted


async def test_what_one_node_refuses_is_a_conflict_and_no_reason_to_look_elsewhere(redis: Redis) -> None:
    await redis.run(("SET", "text", "a"))
    with pytest.raises(Exception, match="refused"):
        await redis.run(("INCR", "text"))


async def test_a_slot_is_followed_while_it_moves_and_afterwards(cluster: RedisCluster, redis: Redis) -> None:
    one = key_at(cluster, 1, "moving")
    two, more = f"{one}:two", f"{one}:more"
    for key in (one, two):
        assert (await redis.script("lease", [key], CALL))[0][5] == 1
    cluster.begin_to_move(one, 2)
    assert (await redis.script("lease", [one], CALL))[0][5] == 2, "it is at the old node yet"
    assert (await redis.script("lease", [more], CALL))[0][5] == 1, "it is new, and made at the new node"
    cluster.move_key(one, 2)
    assert (await redis.script("lease", [one], CALL))[0][5] == 3
    assert await redis.run(("SET", f"{one}:x", 1), ("GET", f"{one}:x")) == [True, b"1"]
    split = asyncio.ensure_future(redis.script("lease", [one, two], CALL + CALL[2:]))
    await asyncio.sleep(0.005)
    cluster.move_key(two, 2)
    assert [reply[5] for reply in await split] == [4, 2], "both were asked once both were there"
    cluster.end_move(one, 2)
    assert [reply[5] for reply in await redis.script("lease", [one, two], CALL + CALL[2:])] == [5, 3]


async def test_a_dead_master_is_left_alone_the_others_go_on_and_its_heir_is_found(
    cluster: RedisCluster, redis: Redis, clock: SimpleNamespace
) -> None:
    lost, kept = key_at(cluster, 1, "dying"), key_at(cluster, 2, "dying")
    await redis.run(("SET", lost, 1), ("SET", kept, 1))
    cluster.nodes[1].kill()
    for _ in range(3):
        with pytest.raises(StoreDown):
            await redis.run(("GET", lost))
        assert await redis.run(("GET", kept)) == [b"1"]
    await asyncio.to_thread(cluster.take_over, 1, 2)
    clock.now += FIRST_PAUSE
    assert await redis.run(("SET", lost, 2), ("GET", lost)) == [True, b"2"]
