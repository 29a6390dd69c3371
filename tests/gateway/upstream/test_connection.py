"""A connection turns any bytes, cut anywhere, into one answer or one typed failure."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.upstream import Deadlines, ProtocolError, UpstreamFailure
from gateway.upstream.connection import HIGH_WATER
from gateway.upstream.head import head_of
from gateway.upstream.response import response_of
from tests.gateway.upstream.scripts import ANSWERS, ASK, CHUNKED, connect
from tests.patience import ARRIVAL_SECONDS


async def outcome(pieces, *, ask=ASK, eof=True):
    """What comes of a request whose answer arrives in these pieces: an answer, or the failure's kind."""
    connection = connect()
    connection.begin(ask, Deadlines())
    for piece in pieces:
        if not connection.closed:
            connection.data_received(piece)
    if eof and not connection.closed:
        connection.connection_lost(None)
    try:
        async with asyncio.timeout(ARRIVAL_SECONDS):
            await connection.wait() if not connection.head_done else None
            if not connection.head_done:
                raise connection.failure
            response = response_of(connection, 10**6)
            result = (response.status, tuple(response.headers), await response.read())
    except UpstreamFailure as failure:
        result = failure.kind
    finally:
        connection.abort()
        await asyncio.sleep(0)
    return result, connection._owner.released


EXPECTED = {
    "sized": (200, b"hello", 1),
    "empty": (200, b"", 1),
    "chunked": (200, b"hello", 1),
    "until close": (200, b"hello", 0),
    "no content": (204, b"", 1),
    "not modified with a length": (304, b"", 1),
    "after interim heads": (200, b"ok", 1),
    "HTTP/1.0": (200, b"ok", 0),
    "closing": (500, b"no", 0),
    "after empty lines": (200, b"ok", 1),
    "followed by garbage": (200, b"ok", 0),
    "followed by another": (200, b"ok", 0),
    "cut in the body": "closed_early",
    "cut in the head": "closed_early",
    "not HTTP": "protocol",
    "bad chunk": "protocol",
    "two framings": "protocol",
    "switching protocols": "protocol",
    "another protocol's name": "protocol",
    "impossible status": "protocol",
    "endless interim": "too_large",
    "huge head": "too_large",
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_is_read_or_refused(name):
    # The connection ends only where nothing else ends the answer: a kept one must be given back.
    eof = EXPECTED[name] == "closed_early" or name == "until close"
    result, released = await outcome([ANSWERS[name]], eof=eof)
    got = result if isinstance(result, str) else (result[0], result[2], released)
    assert got == EXPECTED[name]


@given(name=st.sampled_from(list(ANSWERS)), cuts=st.lists(st.integers(0, 200), max_size=8))
async def test_the_result_does_not_depend_on_where_the_network_cuts(name, cuts):
    wire = ANSWERS[name]
    edges = [0, *sorted({min(cut, len(wire)) for cut in cuts}), len(wire)]
    pieces = [wire[a:b] for a, b in zip(edges, edges[1:], strict=False) if a < b]
    whole, _ = await outcome([wire])
    assert (await outcome(pieces))[0] == whole


@pytest.mark.parametrize("name", ANSWERS)
async def test_the_result_is_the_same_byte_by_byte(name):
    wire = ANSWERS[name]
    whole, _ = await outcome([wire])
    assert (await outcome([wire[i : i + 1] for i in range(len(wire))]))[0] == whole


MUTATION = st.tuples(
    st.sampled_from(["flip", "drop", "double", "insert"]), st.integers(0, 300), st.binary(max_size=3)
)


def mutated(wire, mutations):
    for kind, at, noise in mutations:
        at %= len(wire) + 1
        if kind == "flip":
            wire = wire[:at] + noise + wire[at + len(noise) :]
        elif kind == "drop":
            wire = wire[:at] + wire[at + 1 + len(noise) :]
        elif kind == "double":
            wire = wire[:at] + wire[max(0, at - 20) :]
        else:
            wire = wire[:at] + noise + wire[at:]
    return wire


@settings(max_examples=150)
@given(
    wire=st.builds(mutated, st.sampled_from(list(ANSWERS.values())), st.lists(MUTATION, max_size=4)),
    size=st.integers(1, 60),
)
async def test_broken_bytes_end_in_an_answer_or_a_typed_failure_never_in_anything_else(wire, size):
    result, _ = await outcome([wire[i : i + size] for i in range(0, len(wire), size)])
    assert isinstance(result, str) or 200 <= result[0] <= 999


async def test_a_head_request_has_no_body_and_its_connection_is_not_kept():
    ask = b"HEAD / HTTP/1.1\r\nhost: v\r\n\r\n"
    result, released = await outcome([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"], ask=ask, eof=False)
    assert (result[0], result[2], released) == (200, b"", 0)
    result, _ = await outcome([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"], ask=ask, eof=False)
    assert result[2] == b""


async def test_bytes_that_come_while_nobody_asked_close_the_connection():
    connection = connect()
    connection.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno")
    assert connection.closed


async def test_reading_pauses_when_nobody_takes_and_goes_on_when_somebody_does():
    connection = connect()
    connection.begin(ASK, Deadlines())
    connection.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n")
    while connection._transport.is_reading():
        connection.data_received(bytes(65536))
    assert abs(sum(map(len, connection.chunks)) - HIGH_WATER) <= 65536
    connection.take()
    assert connection._transport.is_reading()
    connection.abort()


@pytest.mark.parametrize(
    "bare", [b"x-a: " + b"y" * 5000 + b"\r\n", b"z" * 50_000], ids=["trailers", "one without end"]
)
async def test_what_is_no_body_is_read_on_within_a_bound(bare):
    connection = connect()
    connection.begin(ASK, Deadlines())
    connection.data_received(CHUNKED + b"5\r\nhello\r\n0\r\n" + b"x: " * (bare[:1] == b"z"))
    connection.take()
    read = 0
    while not connection.closed and read < 10 * HIGH_WATER:
        connection.data_received(bare)
        read += len(bare)
        assert connection._transport.is_reading()
    assert isinstance(connection.failure, ProtocolError) and read > HIGH_WATER
    assert "no body" in connection.failure.detail


async def test_what_is_no_body_is_counted_for_each_answer():
    connection = connect()
    for _ in range(10):
        connection.begin(ASK, Deadlines())
        connection.data_received(CHUNKED)
        for _ in range(3):
            connection.data_received(b"5;" + b"x" * 60_000)
        connection.data_received(b"\r\nhello\r\n0\r\n\r\n")
        assert await response_of(connection, 100).read() == b"hello"
    connection.abort()


async def test_deadlines_cost_one_timer_however_many_exchanges_there_are():
    connection = connect()
    armed = set()
    for _ in range(50):
        connection.begin(ASK, Deadlines())
        connection.data_received(ANSWERS["sized"])
        response = response_of(connection, 100)
        assert await response.read() == b"hello"
        connection.rest(55)
        armed.add(connection._timer)
    assert len(armed) == 1
    connection.abort()


async def test_a_lost_connection_leaves_no_timer_and_no_parser():
    connection = connect()
    connection.begin(ASK, Deadlines())
    connection.abort()
    await asyncio.sleep(0)
    assert connection._timer is None and connection._parser is None and connection._owner.lost_count == 1


async def test_the_head_is_kept_as_it_came():
    connection = connect()
    connection.begin(ASK, Deadlines())
    connection.data_received(b"HTTP/1.1 100 Go\r\na: 1\r\n\r\n" + ANSWERS["sized"])
    assert connection.head == b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\n"
    assert head_of(connection.head).get(b"a") is None
    connection.abort()
