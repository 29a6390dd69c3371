"""Being pushed to is the same as asking: the same bytes, the same failures, wherever the network cuts."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.upstream import (
    ClosedEarly,
    Deadlines,
    FirstContentTimeout,
    IdleTimeout,
    TooLarge,
    TotalTimeout,
    UpstreamFailure,
    build_head,
)
from gateway.upstream.response import response_of
from tests.gateway.upstream.scripts import AMPLE, ANSWERS, ASK, CHUNKED, connect, says
from tests.patience import ARRIVAL_SECONDS, TooLong, patient, until

GET = build_head("GET", "/", [("host", "v")])


class Reading:
    """One answer read either way: what came of it, and how it ended."""

    def __init__(self, pieces, max_body):
        self.connection = connect()
        self.connection.begin(ASK, Deadlines())
        self.pieces = [*pieces, None]  # the vendor hangs up at the end
        self.got = []
        while self.pieces and not self.connection.head_done:
            self.feed()
        self.response = response_of(self.connection, max_body) if self.connection.head_done else None

    def feed(self):
        piece = self.pieces.pop(0)
        if piece is None and not self.connection.closed:
            self.connection.connection_lost(None)
        elif not self.connection.closed:
            self.connection.data_received(piece)

    async def by_asking(self):
        while data := await self.response.next():
            self.got.append(data)

    async def by_pump(self, stops):
        def take(data):
            self.got.append(data)
            return not stops or not stops.pop(0)

        whole = False
        while not whole:
            whole = await self.response.pump(take)
            await asyncio.sleep(0)

    async def ends(self, reading):
        """The bytes, the failure's kind, and whether the connection is kept."""
        task = asyncio.ensure_future(reading)
        while self.pieces:
            await asyncio.sleep(0)
            self.feed()
        async with asyncio.timeout(ARRIVAL_SECONDS):
            await asyncio.wait([task])
        failure = task.exception()
        assert failure is None or isinstance(failure, UpstreamFailure)
        self.connection.abort()
        await asyncio.sleep(0)
        return b"".join(self.got), failure and failure.kind, self.connection._owner.released


@given(
    name=st.sampled_from(sorted(ANSWERS)),
    cuts=st.lists(st.integers(0, 200), max_size=8),
    stops=st.lists(st.booleans(), max_size=8),
    max_body=st.sampled_from([3, 10**6]),
)
async def test_pushed_or_asked_for_an_answer_is_the_same(name, cuts, stops, max_body):
    wire = ANSWERS[name]
    places = [0, *sorted(cuts), len(wire)]
    pieces = [wire[a:b] for a, b in zip(places, places[1:], strict=False) if a < b]
    asked, pushed = Reading(pieces, max_body), Reading(pieces, max_body)
    assert (asked.response is None) is (pushed.response is None)
    if asked.response is not None:
        assert await pushed.ends(pushed.by_pump(stops)) == await asked.ends(asked.by_asking())


async def test_a_stream_is_pushed_as_it_comes_without_waking_the_task(vendor, upstream):
    server = await vendor(says(CHUNKED, 0.02, b"2\r\nab\r\n", 0.02, b"1\r\nc\r\n", 0.02, b"0\r\n\r\n"))
    pool = upstream(server.url())
    got = []
    with await pool.send(GET, None, AMPLE) as response:
        assert await response.pump(lambda data: got.append(data) is None)
    assert got == [b"ab", b"c"] and pool.idle_connections == 1


async def test_what_comes_after_a_no_waits_for_the_next_pump():
    connection = connect()
    connection.begin(ASK, Deadlines())
    connection.data_received(CHUNKED)
    response = response_of(connection, 10**6)
    got = []

    def take(data):
        got.append(data)
        return False

    pumping = asyncio.ensure_future(response.pump(take))
    await asyncio.sleep(0)
    for letter in (b"a", b"b", b"c"):  # before the task can wake
        connection.data_received(b"1\r\n%b\r\n" % letter)
    assert await pumping is False and got == [b"a"]
    assert await response.pump(take) is False and got == [b"a", b"bc"]
    connection.abort()
    await asyncio.sleep(0)


@pytest.mark.parametrize("late", [False, True], ids=["what had come", "what comes later"])
async def test_what_a_taker_raises_is_raised_to_who_pumps(vendor, upstream, late):
    server = await vendor(says(CHUNKED, *([0.05] if late else []), b"2\r\nab\r\n"))
    pool = upstream(server.url())

    def take(data):
        raise ZeroDivisionError

    with await pool.send(GET, None, AMPLE) as response:
        if not late:
            await asyncio.sleep(0.05)
        with pytest.raises(ZeroDivisionError):
            await response.pump(take)
    await until(lambda: server.open == pool.open_connections == 0)


async def test_a_cancelled_pump_closes_the_socket_at_once(vendor, upstream):
    server = await vendor(says(CHUNKED, b"1\r\na\r\n"))
    pool = upstream(server.url())
    response = await pool.send(GET, None, AMPLE)
    got = []
    pumping = asyncio.ensure_future(response.pump(lambda data: got.append(data) is None))
    await until(lambda: got == [b"a"])
    pumping.cancel()
    await asyncio.gather(pumping, return_exceptions=True)
    await until(lambda: server.open == pool.open_connections == 0)


LAPSES = {
    "idle": (Deadlines(idle=0.15), IdleTimeout),
    "total": (Deadlines(total=0.15), TotalTimeout),
    "first content": (Deadlines(first_content=0.15), FirstContentTimeout),
}


@pytest.mark.parametrize(("limits", "kind"), LAPSES.values(), ids=LAPSES.keys())
@patient
async def test_each_deadline_ends_a_pump(vendor, upstream, limits, kind):
    steps = [b"1\r\na\r\n", 0.05] * (1 if kind is IdleTimeout else 8)
    server = await vendor(says(CHUNKED, *steps))
    pool = upstream(server.url())
    got = []
    with pytest.raises(kind):
        with await pool.send(GET, None, limits) as response:
            await response.pump(lambda data: got.append(data) is None)
    if not got:
        raise TooLong("the deadline was over before anything came")
    assert set(b"".join(got)) == set(b"a")
    await until(lambda: pool.open_connections == 0)


async def test_a_pushed_body_beyond_the_bound_is_too_large(vendor, upstream):
    server = await vendor(says(CHUNKED, *[b"64\r\n" + b"x" * 100 + b"\r\n", 0.01] * 20))
    pool = upstream(server.url(), bounds={"max_body_bytes": 1000})
    got = []
    with await pool.send(GET, None, AMPLE) as response, pytest.raises(TooLarge, match="1000 bytes"):
        await response.pump(lambda data: got.append(data) is None)
    assert sum(map(len, got)) <= 1000


async def test_who_takes_no_more_holds_the_vendor_back(vendor, upstream):
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
        assert await response.pump(lambda data: False) is False
        held = -1
        while sent > held and sent < 50_000_000:  # until nothing more goes into the buffers
            held = sent
            await asyncio.sleep(0.2)
        assert 0 < sent == held < 50_000_000


async def test_winding_up_keeps_a_connection_whose_answer_ends_and_closes_any_other(vendor, upstream):
    for steps, kept in (([0.05, b"0\r\n\r\n"], 1), ([], 0)):
        server = await vendor(says(CHUNKED, b"1\r\na\r\n", *steps))
        pool = upstream(server.url())
        began = asyncio.get_running_loop().time()
        with await pool.send(GET, None, AMPLE) as response:
            response.content_deadline = None

            def take(data, response=response):
                response.wind_up(0.2)
                return True

            try:
                assert await response.pump(take) and kept
            except FirstContentTimeout:
                assert not kept
        assert asyncio.get_running_loop().time() - began < 20  # far below the ample ones
        await until(lambda pool=pool, kept=kept: pool.open_connections == pool.idle_connections == kept)
        response.wind_up(0.2)  # of an answer that is over: nothing


async def test_a_sender_is_told_when_its_request_goes_out(vendor, upstream):
    server = await vendor(says(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"))
    told = []
    pool = upstream(server.url())
    response = await pool.send(GET, b"x", AMPLE, lambda: told.append(pool.open_connections))
    assert told == [1] and await response.read() == b"ok"
    unreachable = upstream("http://127.0.0.1:1")
    with pytest.raises(UpstreamFailure):
        await unreachable.send(GET, b"x", AMPLE, lambda: told.append("never"))
    assert told == [1]


async def test_a_cancelled_wait_for_a_place_was_never_sent(vendor, upstream):
    server = await vendor(says())
    pool = upstream(server.url(), max_connections=1)
    told = []
    first = asyncio.ensure_future(pool.send(GET, b"x", AMPLE, lambda: told.append("first")))
    second = asyncio.ensure_future(pool.send(GET, b"x", AMPLE, lambda: told.append("second")))
    await until(lambda: told)
    for task in (second, first):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert told == ["first"]
    assert issubclass(ClosedEarly, UpstreamFailure)
