"""Who listens hears what is rung while it listens, and nothing stays behind."""

import asyncio

from gateway.agents.bell import Bell, passed


async def test_those_who_listen_to_a_run_hear_it_and_no_other():
    bell = Bell()
    with (
        bell.listening("run_1") as first,
        bell.listening("run_1") as second,
        bell.listening("run_2") as other,
    ):
        bell.ring("run_1")
        await asyncio.gather(passed(first, 5), passed(second, 5))
        assert not other.is_set()
        await passed(other, 0.001)
    bell.ring("run_1")
    assert not bell._listening
