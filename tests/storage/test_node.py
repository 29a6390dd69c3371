"""Each failure of a server is one of our errors; that a key is elsewhere is none."""

import pytest
from redis import exceptions
from redis.asyncio import Redis as Driver

from storage.errors import StoreConflict, StoreDown, StoreError, StoreSlow
from storage.node import FIRST_PAUSE, Node

TABLE = [
    (exceptions.TimeoutError("x"), StoreSlow, True),
    (TimeoutError("x"), StoreSlow, True),
    (exceptions.ConnectionError("x"), StoreDown, True),
    (exceptions.ClusterDownError("CLUSTERDOWN x"), StoreDown, True),
    (exceptions.ReadOnlyError("x"), StoreDown, True),
    (exceptions.ResponseError("x"), StoreConflict, False),
    (OSError("x"), StoreDown, True),
]


@pytest.mark.parametrize(("failure", "ours", "rests"), TABLE, ids=lambda each: getattr(each, "__name__", ""))
async def test_what_a_failure_is_and_whether_the_server_is_left_alone(
    failure: Exception, ours: type[StoreError], rests: bool
) -> None:
    now = 0.0
    node = Node(Driver(), 1.0, lambda: now)

    async def fails(_driver: Driver, _asking: bool) -> None:
        raise failure

    with pytest.raises(ours):
        await node.ask(fails)
    assert node.resting is rests
    now = FIRST_PAUSE
    assert not node.resting


async def test_a_key_that_is_elsewhere_is_no_failure() -> None:
    node = Node(Driver(), 1.0, lambda: 0.0)

    async def moved(_driver: Driver, _asking: bool) -> None:
        raise exceptions.MovedError("7 127.0.0.1:7000")

    with pytest.raises(exceptions.MovedError):
        await node.ask(moved)
    assert not node.resting
