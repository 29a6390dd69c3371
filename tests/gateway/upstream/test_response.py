"""An answer is read whole or as it comes, ends cleanly or with the reason, and closes at once."""

import asyncio
import gzip
import socket
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.upstream import (
    ClosedEarly,
    Deadlines,
    FirstContentTimeout,
    HeadersTimeout,
    IdleTimeout,
    ProtocolError,
    TooLarge,
    TotalTimeout,
    build_head,
)
from tests.gateway.upstream.scripts import AMPLE, CHUNKED, says
from tests.patience import TooLong, in_time, patient, until, within

GET = build_head("GET", "/", [("host", "v")])


async def test_a_stream_comes_as_it_comes_and_ends_with_nothing(vendor, upstream):
    server = await vendor(says(CHUNKED, 0.02, b"2\r\nab\r\n", 0.02, b"1\r\nc\r\n", 0.02, b"0\r\n\r\n"))
    response = await upstream(server.url()).send(GET, None, AMPLE)
    assert (response.status, response.header(b"content-type")) == (200, b"text/event-stream")
    assert [await response.next() for _ in range(4)] == [b"ab", b"c", b"", b""]
    response.close()


async def test_what_came_together_is_returned_together(vendor, upstream):
    server = await vendor(says(CHUNKED + b"2\r\nab\r\n1\r\nc\r\n"))
    with await upstream(server.url()).send(GET, None, AMPLE) as response:
        assert await response.next() == b"abc"


async def test_an_answer_is_silent_until_something_came_that_was_not_taken(vendor, upstream):
    together = await vendor(says(CHUNKED + b"2\r\nab\r\n"))
    with await upstream(together.url()).send(GET, None, AMPLE) as response:
        assert not response.silent
        assert await response.next() == b"ab" and response.silent
    apart = await vendor(says(CHUNKED, 0.1, b"2\r\nab\r\n0\r\n\r\n"))
    with await upstream(apart.url()).send(GET, None, AMPLE) as response:
        assert response.silent
        assert await response.next() == b"ab" and not response.silent


async def test_a_cut_stream_gives_what_came_and_then_the_failure_again_and_again(vendor, upstream):
    server = await vendor(says(CHUNKED + b"2\r\nab\r\n", hold=False))
    with await upstream(server.url()).send(GET, None, AMPLE) as response:
        assert await response.next() == b"ab"
        for _ in range(2):
            with pytest.raises(ClosedEarly) as cut:
                await response.next()
            assert cut.value.phase == "body"


async def test_a_stream_that_turns_to_garbage_gives_what_came_before_it(vendor, upstream):
    server = await vendor(says(CHUNKED + b"2\r\nab\r\nnonsense"))
    with await upstream(server.url()).send(GET, None, AMPLE) as response:
        assert await response.next() == b"ab"
        with pytest.raises(ProtocolError):
            await response.next()


@pytest.mark.parametrize(
    "whole", [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", CHUNKED + b"2\r\nok\r\n0\r\n\r\n"]
)
async def test_a_whole_answer_gives_its_connection_back_read_or_not(vendor, upstream, whole):
    server = await vendor(says(whole))
    pool = upstream(server.url())
    response = await pool.send(GET, None, AMPLE)
    response.close()
    response.close()
    assert pool.idle_connections == 1
    with pytest.raises(ClosedEarly, match="before it was read"):
        await response.read()


async def test_an_unfinished_answer_is_closed_at_once(vendor, upstream):
    server = await vendor(says(CHUNKED))
    pool = upstream(server.url())
    response = await pool.send(GET, None, AMPLE)
    response.close()
    await until(lambda: server.open == pool.open_connections == 0)


async def test_an_old_answer_cannot_touch_the_connection_of_a_new_one(vendor, upstream):
    async def twice(wire):
        while await wire.request():
            await wire.send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    server = await vendor(twice)
    pool = upstream(server.url())
    old = await pool.send(GET, None, AMPLE)
    await old.read()
    new = await pool.send(GET, None, AMPLE)
    old.close()
    old.content_deadline = 0.0
    assert await old.next() == b"" and await new.read() == b"ok"
    assert server.connections == 1


TIMEOUTS = {
    "headers": (says(), Deadlines(headers=0.15), HeadersTimeout, "headers"),
    "total before the head": (says(), Deadlines(total=0.15), TotalTimeout, "headers"),
    "idle": (says(CHUNKED, b"1\r\na\r\n"), Deadlines(idle=0.15), IdleTimeout, "body"),
    "total in the body": (says(CHUNKED, b"1\r\na\r\n"), Deadlines(total=0.15), TotalTimeout, "body"),
    "first content": (
        says(CHUNKED, b"1\r\n:\r\n"),
        Deadlines(first_content=0.15),
        FirstContentTimeout,
        "body",
    ),
    "first content while comments keep coming": (
        says(CHUNKED, *[b"1\r\n:\r\n", 0.05] * 10),
        Deadlines(first_content=0.15),
        FirstContentTimeout,
        "body",
    ),
    "total while bytes keep coming": (
        says(CHUNKED, *[b"1\r\na\r\n", 0.05] * 10),
        Deadlines(total=0.15),
        TotalTimeout,
        "body",
    ),
}


@pytest.mark.parametrize(("script", "limits", "kind", "phase"), TIMEOUTS.values(), ids=TIMEOUTS.keys())
@patient
async def test_each_deadline_has_its_error_and_closes_the_socket(
    vendor, upstream, script, limits, kind, phase
):
    server = await vendor(script)
    pool = upstream(server.url())
    started = asyncio.get_running_loop().time()
    with within(0.4), pytest.raises(kind) as late:
        with await pool.send(GET, None, limits) as response:
            while await response.next():
                pass
    assert asyncio.get_running_loop().time() - started > 0.14
    assert late.value.phase == phase and "0.15 s" in str(late.value)
    await until(lambda: pool.open_connections == 0)


def hold_the_loop(meanwhile: Callable[[], None]) -> None:
    """Something else that the loop reads takes it longer than a deadline; it hears of nothing that comes."""
    ours, theirs = socket.socketpair()
    loop = asyncio.get_running_loop()

    def held() -> None:
        loop.remove_reader(ours)
        meanwhile()
        time.sleep(0.4)
        ours.close()
        theirs.close()

    loop.add_reader(ours, held)
    theirs.send(b".")


PIECES = (CHUNKED + b"1\r\na\r\n", b"1\r\nb\r\n", b"0\r\n\r\n")


@pytest.mark.parametrize("seen", [0, 1, 2], ids=["nothing", "its beginning", "all but its end"])
@pytest.mark.parametrize("limit", ["headers", "first_content", "idle", "total"])
@patient
async def test_what_came_in_time_is_not_late_because_the_loop_was_held(upstream, limit, seen):
    first, rest = b"".join(PIECES[:seen]), b"".join(PIECES[seen:])
    with socket.create_server(("127.0.0.1", 0)) as server:
        pool, began = upstream(f"http://127.0.0.1:{server.getsockname()[1]}"), time.monotonic()
        asking = asyncio.ensure_future(pool.send(GET, None, replace(AMPLE, **{limit: 0.2})))
        connection, _ = await asyncio.to_thread(server.accept)
        with connection:
            await asyncio.to_thread(connection.recv, 65536)  # the request: nobody answers before it
            if seen:
                connection.sendall(first)
                await asyncio.wait([asking])
            in_time(time.monotonic() - began, 0.18)  # else it was late before the loop was held
            hold_the_loop(lambda: connection.sendall(rest))
            with await asking as response:
                assert await response.read() == b"ab"


async def test_once_content_was_found_only_the_others_count(vendor, upstream):
    server = await vendor(says(CHUNKED, b"1\r\na\r\n", 0.3, b"1\r\nb\r\n0\r\n\r\n"))
    with await upstream(server.url()).send(GET, None, Deadlines(first_content=0.15)) as response:
        assert await response.next() == b"a"
        response.content_deadline = None
        assert await response.next() == b"b"


async def test_a_content_deadline_may_be_brought_forward(vendor, upstream):
    server = await vendor(says(CHUNKED))
    loop = asyncio.get_running_loop()
    began = loop.time()
    with await upstream(server.url()).send(GET, None, AMPLE) as response:
        assert began + 30 <= response.content_deadline <= loop.time() + 30
        response.content_deadline = loop.time() + 0.1
        with pytest.raises(FirstContentTimeout):
            await response.next()


async def test_a_slow_reader_is_not_a_silent_vendor(vendor, upstream):
    size = 3_000_000
    server = await vendor(says(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + bytes(size)))
    with await upstream(server.url()).send(GET, None, Deadlines(idle=0.2)) as response:
        await asyncio.sleep(0.5)  # the buffer is full and reading has paused
        received = 0
        while data := await response.next():
            received += len(data)
    assert received == size


async def test_a_slow_reader_holds_the_vendor_back(vendor, upstream):
    sent = 0

    async def flood(wire):
        nonlocal sent
        await wire.request()
        await wire.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n")
        for _ in range(1000):
            await wire.send(bytes(100_000))
            sent += 100_000

    server = await vendor(flood)
    with await upstream(server.url()).send(GET, None, AMPLE) as response:
        held = -1
        while sent > held and sent < 50_000_000:  # until nothing more goes into the buffers
            held = sent
            await asyncio.sleep(0.2)
        assert 0 < sent == held < 50_000_000
        assert len(await response.next()) < 1_000_000


async def test_a_body_beyond_the_bound_is_refused_wherever_it_is_noticed(vendor, upstream):
    for body in (b"content-length: 2000\r\n\r\n" + bytes(2000), b"\r\n" + bytes(2000)):
        server = await vendor(says(b"HTTP/1.1 200 OK\r\n" + body))
        pool = upstream(server.url(), bounds={"max_body_bytes": 1000})
        with await pool.send(GET, None, AMPLE) as response, pytest.raises(TooLarge, match="1000 bytes"):
            await response.read()


@pytest.mark.parametrize("cut", [None, 10, 40])
async def test_a_compressed_body_is_decoded_when_asked(vendor, upstream, cut):
    body = gzip.compress(b"hello " * 100)
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body)
    server = await vendor(says(head + body[:cut], 0.02, body[cut:] if cut else b""))
    pool = upstream(server.url())
    with await pool.send(GET, None, AMPLE) as response:
        assert await response.read(decode=True) == b"hello " * 100


async def test_a_bomb_is_too_large_and_noise_a_protocol_error(vendor, upstream):
    bomb = gzip.compress(bytes(1_000_000))
    for body, kind in ((bomb, TooLarge), (b"noise", ProtocolError)):
        head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body)
        server = await vendor(says(head + body))
        pool = upstream(server.url(), bounds={"max_body_bytes": 10_000})
        with await pool.send(GET, None, AMPLE) as response, pytest.raises(kind):
            await response.read(decode=True)


async def test_a_cancelled_read_closes_the_socket_at_once(vendor, upstream):
    server = await vendor(says(CHUNKED))
    pool = upstream(server.url())
    response = await pool.send(GET, None, AMPLE)
    reading = asyncio.ensure_future(response.read())
    await asyncio.sleep(0.02)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await until(lambda: server.open == pool.open_connections == 0)


async def test_two_tasks_cannot_read_one_answer(vendor, upstream):
    server = await vendor(says(CHUNKED))
    with await upstream(server.url()).send(GET, None, AMPLE) as response:
        reading = asyncio.ensure_future(response.next())
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="two tasks"):
            await response.next()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_a_body_that_passes_may_be_of_any_size(vendor, upstream):
    server = await vendor(says(CHUNKED + b"4\r\nabcd\r\n", 0.02, b"4\r\nefgh\r\n0\r\n\r\n"))
    with await upstream(server.url(), bounds={"max_body_bytes": 5}).send(GET, None, AMPLE) as response:
        assert await response.next() == b"abcd"
        response.unbound()
        assert await response.next() == b"efgh"
        assert response.received == 8


REFUSES = b"HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([b"4\r\nbusy\r\n0\r\n\r\n"], b"busy"),
        ([b"1\r\nb\r\n", *[0.02, b"1\r\n.\r\n"] * 100], b"b..."),
        ([b"4\r\nbusy\r\n", 5.0], b"busy"),
        ([5.0], b""),
    ],
    ids=["whole", "by drops", "not to its end", "not at all"],
)
@patient
async def test_an_errors_body_is_waited_for_in_all_no_longer_than_its_time(
    vendor, upstream, monkeypatch, steps, said
):
    monkeypatch.setattr("gateway.upstream.response.ERROR_SECONDS", 0.2)
    server = await vendor(says(REFUSES, *steps))
    with await upstream(server.url()).send(GET, None, AMPLE) as response, within(1):
        found = await response.read_error()
    if not found.startswith(said):
        assert said.startswith(found)
        raise TooLong("less came in its time than was sent")


async def test_what_came_of_an_errors_body_that_breaks_is_its_body(vendor, upstream):
    server = await vendor(says(REFUSES + b"4\r\nbusy\r\n", hold=False))
    with await upstream(server.url()).send(GET, None, AMPLE) as response:
        assert await response.read_error() == b"busy"
