"""Who leaves ends its call, who is slow holds it back, and a server that stops ends what it began."""

import asyncio
import gc
import weakref

import pytest

from gateway.door.exchange import Exchange
from gateway.frames import Head
from tests.gateway.door.talk import GET, PLAIN, Gate, echo, post
from tests.patience import until

LEAVES = {
    "in the head": b"POST /ours HT",
    "in the body": post(b"first")[:-2],
    "before the answer": post(b"first"),
    "before the answer, with another waiting": post(b"first") + post(b"second"),
    "before the answer, with half of another": post(b"first") + post(b"second")[:-3],
}


@pytest.mark.parametrize("sent", LEAVES.values(), ids=LEAVES.keys())
@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
async def test_a_client_that_leaves_ends_its_call_at_once_and_begins_no_other(
    open_door, sent: bytes, streams: bool
) -> None:
    gate = Gate()
    gate.streams = streams
    house = await open_door(gate)
    client = await house.client()
    client.send(sent)
    begun = b"first" in sent
    if begun:
        await until(lambda: len(house.seen) == 1 and (house.seen[0].begun or not streams))
    else:
        await asyncio.sleep(0.02)
    client.leave()
    await until(lambda: len(house.left) == begun and not house.server.server_state.connections)
    assert len(house.seen) == begun
    assert all(exchange.disconnected for exchange in house.left)


async def test_a_client_that_has_gone_gets_no_second_answer(open_door) -> None:
    async def ends_anyway(exchange: Exchange) -> None:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            exchange.begin(Head(PLAIN, whole=True), b"for nobody")

    house = await open_door(ends_anyway)
    client = await house.client()
    client.send(post(b"first") + post(b"second"))
    await until(lambda: bool(house.seen))
    client.leave()
    await until(lambda: house.seen[0].response_complete)
    assert len(house.seen) == 1


async def test_a_slow_reader_holds_the_answer_back_within_a_bound(open_door) -> None:
    piece, total = b"x" * 10_000, 1500
    sent = 0

    async def flood(exchange: Exchange) -> None:
        nonlocal sent
        exchange.begin(Head(PLAIN, whole=False), piece)
        for _ in range(total):
            if exchange.paused:
                await exchange.drained()
            exchange.write(piece)
            sent += 1
        exchange.end()

    house = await open_door(flood)
    client = await house.client()
    client.send(post(b"go"))
    await until(lambda: bool(house.seen) and house.seen[0].paused)
    held = sent
    await asyncio.sleep(0.1)
    assert sent == held < total  # only what sockets take, and one buffer
    transport = house.seen[0].protocol.transport
    assert transport.get_write_buffer_size() < 128 * 1024
    assert len((await client.answer())[2]) == (total + 1) * len(piece)


async def test_a_server_told_to_stop_ends_open_answers_and_closes_idle_connections(open_door) -> None:
    gate = Gate()
    gate.streams = True
    house = await open_door(gate)
    idle, busy = await house.client(), await house.client()
    idle.send(post(b"hello"))
    await idle.answer()
    busy.send(post(b"first"))
    await busy.reader.readuntil(b"a\r\n")
    house.tell_to_stop()
    assert await idle.rest() == b""
    assert not house.task.done()
    with pytest.raises(OSError):
        await house.client()
    gate.open.set()
    assert await busy.rest() == b"1\r\nz\r\n0\r\n\r\n"
    await house.task


async def test_a_connection_that_lies_idle_is_closed(open_door) -> None:
    house = await open_door(echo, body_seconds=0.05)
    house.server.config.timeout_keep_alive = 0
    fresh, used = await house.client(), await house.client()
    used.send(post(b"hello"))
    await used.answer()
    assert await used.rest() == b"" == await fresh.rest()


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
async def test_a_connection_that_is_gone_needs_no_collector(open_door, streams: bool) -> None:
    gate = Gate()
    gate.streams = streams
    house = await open_door(gate)
    client = await house.client()
    client.send(GET)
    await client.answer()
    gc.collect()
    gc.disable()
    try:
        client.send(post(b"other") + post(b"first") + post(b"waits"))
        await until(lambda: len(house.seen) == 2)
        connection = weakref.ref(house.seen[0].protocol)
        client.leave()
        await until(lambda: bool(house.left))
        house.seen.clear()
        house.left.clear()
        await until(lambda: connection() is None)
    finally:
        gc.enable()
