"""A head that comes again is known by its bytes, and whatever differs is left to the parser."""

import asyncio
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway.door.exchange import Exchange
from gateway.door.head import RequestHead, refrain
from gateway.frames import Head
from tests.gateway.door.talk import PLAIN, echo, post
from tests.patience import until

HEADERS = [(b"host", b"x"), (b"content-length", b"5")]


def head(headers: list[tuple[bytes, bytes]] = HEADERS, **more: Any) -> RequestHead:
    return RequestHead(cast(Any, None), headers=headers, **{"chunked": True, "keep_alive": True, **more})


def test_a_length_is_read_between_what_stays() -> None:
    known = refrain(post(b"hello", b"X-A: b"), head())
    assert known is not None
    for body in (b"", b"h", b"hello" * 999):
        request = post(body, b"X-A: b")
        found = known.length(request)
        assert found is not None
        assert (found[0], request[found[1] :]) == (len(body), body)


@pytest.mark.parametrize(
    "other",
    [
        post(b"hello", b"X-A: c"),
        post(b"hello"),
        post(b"hello", b"X-A: b")[:40],
        post(b"hello", b"X-A: b").replace(b": 5", b": 5 "),
        post(b"hello", b"X-A: b").replace(b": 5", b": +5"),
        post(b"hello", b"X-A: b").replace(b": 5", b": "),
        post(b"hello", b"X-A: b").replace(b": 5", b": 5, 5"),
        post(b"hello", b"X-A: b").replace(b": 5", b": 5000000000000"),
    ],
)
def test_what_differs_in_anything_else_is_another_head(other: bytes) -> None:
    known = refrain(post(b"hello", b"X-A: b"), head())
    assert known is not None and known.length(other) is None


@pytest.mark.parametrize(
    "data, of",
    [
        (post(b"hello")[:30], head()),
        (post(b"hello"), head(keep_alive=False)),
        (post(b"hello", version=b"1.0"), head(chunked=False)),
        (post(b"hello", b"Content-Length: 5"), head()),
        (b"POST /ours HTTP/1.1\r\nhost: x\r\n\r\n", head()),
        (post(b"hello", b"Expect: 100-continue"), head([*HEADERS, (b"expect", b"100-continue")])),
        (post(b"hello", b"TE: x"), head([*HEADERS, (b"transfer-encoding", b"chunked")])),
    ],
)
def test_no_head_is_awaited_whose_body_is_more_than_its_length(data: bytes, of: RequestHead) -> None:
    assert refrain(data, of) is None


async def named(exchange: Exchange) -> None:
    """Answers with the headers and the body."""
    lines = b"".join(b"%b=%b;" % header for header in exchange.request.headers if header[0][:2] == b"x-")
    exchange.begin(Head(PLAIN, whole=True), lines + exchange.body)
    exchange.end()


@pytest.fixture
async def naming(open_door):
    return await open_door(named)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    requests=st.lists(
        st.tuples(st.sampled_from([b"x-a: 1", b"x-a: 2", b"X-A: 1"]), st.binary(max_size=60)), max_size=8
    ),
    cuts=st.lists(st.integers(0, 160), max_size=3),
)
@example(requests=[(b"x-a: 1", b"one"), (b"x-a: 1", b"POST /ours HTTP/1.1\r\n")] * 2, cuts=[70, 75])
async def test_requests_that_repeat_their_head_get_each_its_own_answer(
    naming, requests: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    client = await naming.client()
    for line, body in requests:
        wire = post(body, line)
        places = [0, *sorted(cuts), len(wire)]
        for start, end in zip(places, places[1:], strict=False):
            client.send(wire[start:end])
            await asyncio.sleep(0.001 if start < end else 0)
        status, _, answered = await client.answer()
        assert (status, answered) == (200, line.lower().replace(b": ", b"=") + b";" + body)
    client.leave()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 70), put=st.binary(max_size=3), cut=st.integers(0, 3))
@example(place=36, put=b"+", cut=0)
@example(place=22, put=b"\r\n", cut=0)
async def test_a_repeated_head_that_was_tampered_with_is_answered_as_on_a_new_connection(
    naming, place: int, put: bytes, cut: int
) -> None:
    wire = post(b"hello", b"x-a: 1")
    changed = wire[:place] + put + wire[place + cut :]
    for quiet in (0.03, 1.0, 5.0):  # seconds: a busy machine is soon taken for one that says no more
        new = await _answers(naming, 0, wire, changed, quiet)
        known = await _answers(naming, 2, wire, changed, quiet)
        if new == known:
            return
    assert new == known


async def _answers(naming, before: int, wire: bytes, changed: bytes, quiet: float) -> bytes:
    """What a connection says to the changed request, and one more, after so many that were not."""
    client = await naming.client()
    for _ in range(before):
        client.send(wire)
        await client.answer()
    client.send(changed + wire)
    client.writer.write_eof()
    found = await _until_quiet(client, quiet)
    client.leave()
    return found


async def _until_quiet(client: Any, seconds: float) -> bytes:
    found = b""
    try:
        while data := await asyncio.wait_for(client.reader.read(65536), seconds):
            found += data
    except (TimeoutError, ConnectionError):
        pass
    return found


async def test_a_body_that_comes_in_pieces_is_bounded_and_its_rest_is_the_next_request(open_door) -> None:
    house = await open_door(echo)
    client = await house.client()
    client.send(post(b"hello"))
    assert (await client.answer())[2] == b"hello"
    long = post(b"y" * 900)
    client.send(long[:300])
    await asyncio.sleep(0.01)
    client.send(long[300:] + post(b"next"))
    assert (await client.answer())[2] == b"y" * 900
    assert (await client.answer())[2] == b"next"
    client.send(post(b"z" * 1001))
    assert (await client.answer())[0] == 413


async def test_a_client_that_leaves_amid_a_repeated_request_is_let_go(open_door) -> None:
    house = await open_door(echo)
    client = await house.client()
    client.send(post(b"hello"))
    await client.answer()
    client.send(post(b"y" * 900)[:300])
    await asyncio.sleep(0.01)
    client.leave()
    await until(lambda: not house.server.server_state.connections)
    assert len(house.seen) == 1


async def test_a_repeated_request_whose_body_never_comes_is_refused(open_door) -> None:
    house = await open_door(echo, body_seconds=0.2)
    client = await house.client()
    client.send(post(b"hello"))
    await client.answer()
    client.send(post(b"y" * 900)[:300])
    assert (await client.answer())[0] == 408


async def test_who_never_repeats_a_head_is_not_remembered_for_ever(open_door) -> None:
    house = await open_door(echo)
    client = await house.client()
    for number in range(20):
        client.send(post(b"hello", b"x-number: %d" % number))
        assert (await client.answer())[2] == b"hello"
    protocol = house.seen[-1].protocol
    known = protocol._refrain
    assert known is not None and b"x-number: 7" in known.after
