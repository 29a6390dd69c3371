"""A streamed request body goes out in chunks, held back by a slow vendor, ended by an early answer."""

import asyncio

import pytest

from gateway.upstream import ClosedEarly, Deadlines, IdleTimeout, TotalTimeout, build_head
from gateway.upstream.upload import upload
from tests.gateway.upstream.scripts import AMPLE
from tests.patience import until

POST = build_head("POST", "/", [("host", "v")])
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


async def pieces(*items):
    for item in items:
        if isinstance(item, bytes):
            yield item
        else:
            await asyncio.sleep(item)


async def test_a_streamed_body_arrives_in_chunks_and_the_connection_is_kept(vendor, upstream):
    seen = []

    async def script(wire):
        while request := await wire.request():
            seen.append(request.partition(b"\r\n\r\n")[2])
            await wire.send(OK)

    server = await vendor(script)
    pool = upstream(server.url())
    for _ in range(2):
        with await pool.send(POST, pieces(b"hello", b"", 0.02, b"w" * 20), AMPLE) as response:
            assert await response.read() == b"ok"
    assert seen == [b"5\r\nhello\r\n14\r\n" + b"w" * 20 + b"\r\n0\r\n\r\n"] * 2
    assert server.connections == 1


async def test_an_answer_that_comes_early_ends_the_upload_and_the_connection(vendor, upstream):
    async def script(wire):
        await wire.reader.readuntil(b"\r\n\r\n")
        await wire.send(b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno")
        await wire.gone()

    closed = []

    async def endless():
        try:
            while True:
                yield b"x" * 100
                await asyncio.sleep(0.01)
        finally:
            closed.append(True)

    server = await vendor(script)
    pool = upstream(server.url())
    with await pool.send(POST, endless(), AMPLE) as response:
        assert (response.status, await response.read(), closed) == (413, b"no", [True])
    await until(lambda: server.open == pool.open_connections == 0)


async def test_a_vendor_that_does_not_read_holds_the_upload_back_until_idle(vendor, upstream):
    sent = 0

    async def body():
        nonlocal sent
        for _ in range(1000):
            yield bytes(100_000)
            sent += 100_000

    async def deaf(wire):
        wire.writer.transport.pause_reading()
        await asyncio.sleep(2)

    server = await vendor(deaf)
    pool = upstream(server.url())
    with pytest.raises(IdleTimeout) as stalled:
        await pool.send(POST, body(), Deadlines(idle=0.2))
    assert stalled.value.phase == "send" and sent < 50_000_000
    await until(lambda: pool.open_connections == 0)


async def test_the_total_ends_an_upload_whose_source_is_slow(vendor, upstream):
    async def script(wire):
        await wire.request()

    server = await vendor(script)
    with pytest.raises(TotalTimeout) as late:
        await upstream(server.url()).send(POST, pieces(b"a", 3), Deadlines(total=0.2, headers=0.1))
    assert late.value.phase == "send"


async def test_a_vendor_that_goes_away_during_the_upload_is_a_failure(vendor, upstream):
    async def script(wire):
        await wire.reader.readuntil(b"\r\n\r\n")

    server = await vendor(script)
    with pytest.raises(ClosedEarly) as cut:
        await upstream(server.url()).send(POST, pieces(*[b"a", 0.02] * 100), AMPLE)
    assert cut.value.phase == "send"


async def test_what_the_source_raises_is_raised_and_the_socket_closed(vendor, upstream):
    async def script(wire):
        await wire.request()
        await wire.gone()

    async def broken():
        yield b"a"
        raise LookupError("the source")

    server = await vendor(script)
    pool = upstream(server.url())
    with pytest.raises(LookupError, match="the source"):
        await pool.send(POST, broken(), AMPLE)
    await until(lambda: server.open == pool.open_connections == 0)


async def test_a_cancelled_upload_closes_the_socket_and_leaves_no_task(vendor, upstream):
    async def script(wire):
        await wire.request()

    server = await vendor(script)
    pool = upstream(server.url())
    me = asyncio.current_task()
    sending = asyncio.ensure_future(pool.send(POST, pieces(b"a", 3), AMPLE))
    await until(lambda: server.open == 1)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await until(lambda: server.open == pool.open_connections == 0)
    await until(lambda: asyncio.all_tasks() == {me})


async def test_nothing_is_read_from_the_source_for_a_connection_that_is_dead_already():
    class Dead:
        failure = ClosedEarly("v", "headers", "closed")

    async def untouchable():
        raise AssertionError("the source was read")
        yield b""

    await upload(Dead(), untouchable(), AMPLE)
