"""Connections are kept, shared in turn, replaced when stale, and never leaked."""

import asyncio
import gc
import tracemalloc

import pytest

from gateway.upstream import (
    ClosedEarly,
    ConnectTimeout,
    Deadlines,
    PoolClosed,
    PoolFull,
    TotalTimeout,
    build_head,
)
from gateway.upstream.connection import Connection
from tests.gateway.upstream.scripts import AMPLE
from tests.patience import patient, until, within

GET = build_head("GET", "/", [("host", "v")])
POST = build_head("POST", "/", [("host", "v")])
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
STREAM = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
PATIENT = Deadlines(connect=60, headers=60, first_content=60, idle=60, total=90)  # for hundreds at once


async def answering(wire):
    while await wire.request():
        await wire.send(OK)


async def silent(wire):
    await wire.request()
    await wire.gone()


async def streaming(wire):
    await wire.request()
    await wire.send(STREAM + b"5\r\nhello\r\n")
    await wire.gone()


async def ask(upstream, head=GET, body=None, deadlines=AMPLE):
    with await upstream.send(head, body, deadlines) as response:
        return await response.read()


async def test_calls_in_sequence_share_one_connection(vendor, upstream):
    server = await vendor(answering)
    pool = upstream(server.url())
    for _ in range(5):
        assert await ask(pool) == b"ok"
    assert (server.connections, pool.open_connections, pool.idle_connections) == (1, 1, 1)


async def test_calls_at_once_each_have_a_connection_and_the_last_used_is_taken_first(vendor, upstream):
    server = await vendor(answering)
    pool = upstream(server.url())
    await asyncio.gather(*(ask(pool) for _ in range(5)))
    assert server.connections == pool.idle_connections == 5
    top = pool._idle[-1]
    await ask(pool)
    assert pool._idle[-1] is top and server.connections == 5


async def test_no_more_connections_than_allowed_and_who_waits_is_served_in_turn(vendor, upstream):
    server = await vendor(answering)
    pool = upstream(server.url(), max_connections=2)
    order = []

    async def numbered(number):
        with await pool.send(GET, None, AMPLE, lambda: order.append(number)) as response:
            await response.read()

    await asyncio.gather(*(numbered(number) for number in range(20)))
    assert server.connections == 2
    assert len(order) == 20
    assert [number for number in order if number > 1] == list(range(2, 20))  # the others open connections


async def test_a_call_that_finds_no_place_before_the_connect_deadline_is_refused(vendor, upstream):
    server = await vendor(silent)
    pool = upstream(server.url(), max_connections=1)
    busy = asyncio.ensure_future(ask(pool))
    await asyncio.sleep(0.05)
    with pytest.raises(PoolFull, match="max_connections") as refused:
        await ask(pool, deadlines=Deadlines(connect=0.1))
    assert (refused.value.kind, refused.value.phase, pool.waiting) == ("pool_full", "connect", 0)
    busy.cancel()
    await asyncio.gather(busy, return_exceptions=True)


async def test_a_waiter_whose_predecessor_fails_gets_the_place(vendor, upstream):
    turns = iter([b"", OK])

    async def failing_first(wire):
        await wire.request()
        await wire.send(next(turns))

    server = await vendor(failing_first)
    pool = upstream(server.url(), max_connections=1)
    first, second = await asyncio.gather(ask(pool), ask(pool), return_exceptions=True)
    assert isinstance(first, ClosedEarly) and second == b"ok"


async def test_an_idle_connection_is_closed_after_its_time(vendor, upstream):
    server = await vendor(answering)
    pool = upstream(server.url(), bounds={"idle_seconds": 0.1})
    await ask(pool)
    assert pool.idle_connections == 1
    await until(lambda: server.open == pool.open_connections == 0)


async def test_a_connection_that_the_vendor_closes_while_idle_is_dropped(vendor, upstream):
    async def once(wire):
        await wire.request()
        await wire.send(OK)

    server = await vendor(once)
    pool = upstream(server.url())
    for _ in range(3):
        assert await ask(pool) == b"ok"
        await until(lambda: pool.open_connections == 0)
    assert server.connections == 3


async def stale(wire):
    """Answers once; the second request finds the connection closed."""
    await wire.request()
    await wire.send(OK)
    if await wire.request():
        wire.reset()


async def test_a_stale_connection_is_replaced_once_and_the_caller_does_not_notice(vendor, upstream):
    server = await vendor(stale)
    pool = upstream(server.url())
    assert await ask(pool) == b"ok"
    assert await ask(pool, POST, b"x" * 100_000) == b"ok"
    assert server.connections == 2


@pytest.mark.parametrize("room", [2, 1])
async def test_what_may_be_done_once_only_is_never_sent_twice(vendor, upstream, room):
    server = await vendor(stale)
    pool = upstream(server.url(), max_connections=room)
    assert await ask(pool) == b"ok"
    if room == 1:  # then a kept one has to do
        with pytest.raises(ClosedEarly):
            await pool.send(POST, b"{}", AMPLE, once=True)
    else:
        with await pool.send(POST, b"{}", AMPLE, once=True) as response:
            assert await response.read() == b"ok"
    assert server.connections == room


async def test_a_fresh_connection_that_dies_is_not_replaced(vendor, upstream):
    async def dead(wire):
        await wire.request()

    server = await vendor(dead)
    with pytest.raises(ClosedEarly) as failed:
        await ask(upstream(server.url()), POST, b"{}")
    assert (failed.value.phase, server.connections) == ("headers", 1)


async def test_a_kept_connection_that_dies_after_the_first_byte_is_not_replaced(vendor, upstream):
    async def half(wire):
        await wire.request()
        await wire.send(OK)
        await wire.request()
        await wire.send(b"HTTP")

    server = await vendor(half)
    pool = upstream(server.url())
    await ask(pool)
    with pytest.raises(ClosedEarly):
        await ask(pool)
    assert server.connections == 1


async def test_a_kept_connection_that_dies_late_was_not_stale(vendor, upstream):
    async def slow_death(wire):
        await wire.request()
        await wire.send(OK)
        await wire.request()
        await asyncio.sleep(1.1)

    server = await vendor(slow_death)
    pool = upstream(server.url())
    await ask(pool)
    with pytest.raises(ClosedEarly):
        await ask(pool, POST, b"{}")
    assert server.connections == 1


async def test_a_streamed_body_is_never_sent_twice(vendor, upstream):
    server = await vendor(stale)
    pool = upstream(server.url())
    await ask(pool)

    async def body():
        yield b"once"

    with pytest.raises(ClosedEarly):
        await ask(pool, POST, body())
    assert server.connections == 1


@patient
async def test_the_total_counts_from_the_call_even_through_a_replacement(vendor, upstream):
    requests = 0

    async def stale_then_silent(wire):
        nonlocal requests
        while await wire.request():
            requests += 1
            if requests == 1:
                await wire.send(OK)
            elif requests == 2:
                await asyncio.sleep(0.3)
                return wire.reset()

    server = await vendor(stale_then_silent)
    pool = upstream(server.url())
    await ask(pool)
    started = asyncio.get_running_loop().time()
    with within(0.75), pytest.raises(TotalTimeout):
        await ask(pool, deadlines=Deadlines(total=0.5))
    assert asyncio.get_running_loop().time() - started > 0.45
    assert server.connections == 2


async def test_closing_the_pool_ends_everything_at_once(vendor, upstream):
    server = await vendor(streaming)
    pool = upstream(server.url(), max_connections=1)
    response = await pool.send(GET, None, AMPLE)
    waiting = asyncio.ensure_future(ask(pool))
    await asyncio.sleep(0)
    await pool.aclose()
    assert await response.next() == b"hello"
    for pending in (response.next(), waiting, ask(pool)):
        with pytest.raises(PoolClosed):
            await pending
    await until(lambda: server.open == 0)


STAGES = {
    "connecting": lambda server, streams: True,
    "sending": lambda server, streams: server.open == 500,
    "streaming": lambda server, streams: streams == 500,
}


@pytest.mark.parametrize("stage", STAGES)
async def test_five_hundred_cancelled_calls_leave_nothing_behind(vendor, upstream, stage):
    server = await vendor(streaming if stage == "streaming" else silent)
    pool = upstream(server.url())
    streams = 0

    async def call():
        nonlocal streams
        with await pool.send(POST, b"{}", PATIENT) as response:
            await response.next()
            streams += 1
            await response.next()

    calls = [asyncio.ensure_future(call()) for _ in range(500)]
    await asyncio.sleep(0)
    await until(lambda: STAGES[stage](server, streams))
    for one in calls:
        one.cancel()
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in ended)
    await until(lambda: server.open == 0)
    await until(lambda: (pool.open_connections, pool.idle_connections, pool.waiting) == (0, 0, 0))
    me = asyncio.current_task()
    await until(lambda: asyncio.all_tasks() == {me})  # the vendor may still accept what has gone already


async def test_waiters_cancelled_in_any_turn_neither_lose_a_place_nor_take_one(vendor, upstream):
    server = await vendor(answering)
    pool = upstream(server.url(), max_connections=3)
    for turns in range(12):
        calls = [asyncio.ensure_future(ask(pool)) for _ in range(30)]
        for _ in range(turns):
            await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert all(one == b"ok" for one in ended[1::2])
    await until(lambda: pool.open_connections == pool.idle_connections <= 3 and pool.waiting == 0)


async def test_a_waiter_cancelled_after_it_was_served_passes_the_connection_on(vendor, upstream):
    server = await vendor(answering)
    pool = upstream(server.url(), max_connections=1)
    held = await pool.send(GET, None, AMPLE)
    first, second = asyncio.ensure_future(ask(pool)), asyncio.ensure_future(ask(pool))
    await asyncio.sleep(0)
    assert pool.waiting == 2
    assert await held.read() == b"ok"  # gives the connection to the first, which has not run yet
    first.cancel()
    assert await second == b"ok"
    assert server.connections == 1 and first.cancelled()


async def test_a_connect_deadline_covers_a_vendor_that_accepts_and_says_nothing(vendor, upstream, ca_file):
    server = await vendor(silent)
    pool = upstream(server.url("https"), ca_file=ca_file)
    with pytest.raises(ConnectTimeout):
        await ask(pool, deadlines=Deadlines(connect=0.2))
    assert pool.open_connections == 0


async def test_cancelled_calls_are_freed_without_the_collector(vendor, upstream):
    server = await vendor(streaming)
    pool = upstream(server.url())
    gc.collect()
    gc.disable()
    before = connections()
    try:
        for _ in range(3):
            calls = [asyncio.ensure_future(read_on(pool)) for _ in range(20)]
            await until(lambda: pool.open_connections == server.open == 20)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
            await until(lambda: pool.open_connections == server.open == 0)
        del calls, call  # their tracebacks hold the frames that hold the connections
        assert connections() - before < 5
    finally:
        gc.enable()


def connections():
    return sum(type(one) is Connection for one in gc.get_objects())


async def read_on(pool):
    with await pool.send(GET, None, AMPLE) as response:
        while await response.next():
            pass


async def test_an_open_stream_costs_less_than_20_kb(vendor, upstream):
    server = await vendor(streaming)
    pool = upstream(server.url())
    warm = await pool.send(GET, None, AMPLE)
    gc.collect()
    tracemalloc.start()
    try:
        held = [await pool.send(GET, None, AMPLE) for _ in range(100)]
        cost = tracemalloc.get_traced_memory()[0] / len(held)  # the vendor's end lies in this process, too
    finally:
        tracemalloc.stop()
    for response in [warm, *held]:
        response.close()
    assert 0 < cost < 20_000, f"{cost:.0f} bytes"
