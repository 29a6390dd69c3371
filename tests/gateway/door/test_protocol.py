"""Bytes from a client become calls and its answers go back in order, whatever is cut, mixed or late."""

import asyncio
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.door.exchange import Exchange
from tests.gateway.door.talk import GET, Gate, code, echo, post
from tests.patience import until


async def test_what_is_ours_is_answered_here_and_all_else_by_the_application(open_door) -> None:
    house = await open_door(echo)
    client = await house.client()
    asked = {
        post(b"hello"): b"hello",
        post(b"hello", path=b"/ours?a=b"): b"hello",
        post(b"hello", path=b"/ours/"): b"app /ours/",
        post(b"hello").replace(b"POST", b"PUT"): b"app /ours",
        GET: b"app /app/7",
        post(b"stream"): b"stream",
        post(b""): b"",
    }
    for request, expected in asked.items():
        client.send(request)
        status, _, body = await client.answer()
        assert (status, body) == (200, expected)
    assert len(house.seen) == 4


@pytest.fixture
async def echoing(open_door):
    return await open_door(echo)


KINDS = {
    "whole": (post(b"one"), b"one"),
    "slow": (post(b"slow" * 5), b"slow" * 5),
    "stream": (post(b"streamed"), b"streamed"),
    "application": (GET, b"app /app/7"),
    "application with a body": (post(b"x" * 50, path=b"/elsewhere"), b"app /elsewhere"),
    "chunked": (
        b"POST /ours HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n2;e=1\r\nde\r\n0\r\n\r\n",
        b"abcde",
    ),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=6),
    cuts=st.lists(st.integers(0, 600), max_size=5),
)
async def test_pipelined_requests_are_answered_in_their_order_however_they_are_cut(
    echoing, kinds: list[str], cuts: list[int]
) -> None:
    client = await echoing.client()
    wire = b"".join(KINDS[kind][0] for kind in kinds)
    places = [0, *sorted(cuts), len(wire)]
    for start, end in zip(places, places[1:], strict=False):
        client.send(wire[start:end])
        await asyncio.sleep(0)
    for kind in kinds:
        status, _, body = await client.answer()
        assert (status, body) == (200, KINDS[kind][1])
    client.leave()


async def test_http_1_0_gets_no_chunks_and_the_end_of_the_connection_ends_the_answer(open_door) -> None:
    house = await open_door(echo)
    for body in (b"stream me", b"whole"):
        client = await house.client()
        client.send(post(body, version=b"1.0"))
        answer = await client.rest()
        head, _, rest = answer.partition(b"\r\n\r\n")
        assert rest == body
        assert b"\r\nconnection: close" in head and b"chunked" not in head


async def test_a_client_that_wants_no_second_request_is_closed_after_the_first(open_door) -> None:
    house = await open_door(echo)
    for body in (b"stream me", b"whole"):
        client = await house.client()
        client.send(post(body, b"connection: close"), post(b"second"))
        _, headers, found = await client.answer()
        assert (headers[b"connection"], found) == (b"close", body)
        assert await client.rest() == b""
    assert len(house.seen) == 2


async def test_a_later_requests_version_does_not_change_an_earlier_ones_answer(open_door) -> None:
    house = await open_door(echo)
    client = await house.client()
    client.send(post(b"stream me") + post(b"last", version=b"1.0"))
    _, headers, body = await client.answer()
    assert (headers[b"transfer-encoding"], body) == (b"chunked", b"stream me")
    assert (await client.answer())[2] == b"last"


CHUNK = b"3e8\r\n" + b"x" * 1000 + b"\r\n"
TOO_LARGE = {
    "with a length": post(b"x" * 1001),
    "in chunks": b"POST /ours HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n" + CHUNK + CHUNK,
}


@pytest.mark.parametrize("request_", TOO_LARGE.values(), ids=TOO_LARGE.keys())
async def test_a_body_over_the_limit_is_refused_before_it_has_come(open_door, request_: bytes) -> None:
    house = await open_door(echo)
    client = await house.client()
    client.send(request_ + (b"" if b"content-length" in request_ else CHUNK))
    status, headers, body = await client.answer()
    assert (status, code(body), headers[b"connection"]) == (413, "request_too_large", b"close")
    assert headers[b"x-refused-by"] == b"the endpoint"
    assert "1000 bytes" in json.loads(body)["error"]["message"]
    client.send(b"0\r\n\r\n")
    assert await client.rest() == b""
    assert house.seen == []


async def test_a_body_at_the_limit_is_taken(open_door) -> None:
    house = await open_door(echo)
    client = await house.client()
    client.send(post(b"x" * 1000))
    assert (await client.answer())[0] == 200


async def test_a_client_that_asks_first_is_told_to_go_on(open_door) -> None:
    house = await open_door(echo)
    client = await house.client()
    head, body = post(b"hello", b"expect: 100-continue")[:-5], b"hello"
    client.send(head)
    assert (await client.answer())[0] == 100
    client.send(body)
    assert (await client.answer())[::2] == (200, b"hello")


async def test_a_client_that_asks_first_for_too_much_never_sends_it(open_door) -> None:
    house = await open_door(echo)
    client = await house.client()
    client.send(post(b"x" * 5000, b"expect: 100-continue")[:-5000])
    status, _, body = await client.answer()
    assert (status, code(body)) == (413, "request_too_large")
    assert house.seen == []


async def test_a_body_that_does_not_come_is_refused_and_then_the_connection_closed(open_door) -> None:
    house = await open_door(echo, body_seconds=0.1)
    client = await house.client()
    client.send(post(b"hello")[:-1])
    status, headers, body = await client.answer()
    assert (status, code(body)) == (408, "request_timeout")
    assert headers[b"x-refused-by"] == b"the endpoint"
    assert "0.1 seconds" in json.loads(body)["error"]["message"]
    assert await client.rest() == b"" and house.seen == []


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("second", "status"),
    [
        pytest.param(post(b"hello")[:-1], 408, id="a body that does not come"),
        pytest.param(post(b"x" * 1001), 413, id="a body too large"),
        pytest.param(post(b"late", b"expect: 100-continue"), 200, id="one that asks first"),
    ],
)
async def test_what_is_wrong_with_a_second_request_waits_for_the_firsts_answer(
    open_door, streams: bool, second: bytes, status: int
) -> None:
    gate = Gate()
    gate.streams = streams
    house = await open_door(gate, body_seconds=0.05)
    client = await house.client()
    client.send(post(b"first") + second)
    await asyncio.sleep(0.2)
    gate.open.set()
    assert (await client.answer())[::2] == (200, b"az")
    assert (await client.answer())[0] == status


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    "garbage",
    [b"oh no\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n", b"GET / HTTP/1.1\r\nx: " + b"y" * 300_000],
    ids=["no HTTP", "a bad header", "a head without end"],
)
async def test_garbage_behind_a_call_is_never_a_part_of_its_answer(
    open_door, streams: bool, garbage: bytes
) -> None:
    gate = Gate()
    gate.streams = streams
    house = await open_door(gate)
    client = await house.client()
    client.send(post(b"first"))
    await until(lambda: len(house.seen) == 1 and (house.seen[0].begun or not streams))
    client.send(garbage)
    answer = await client.rest()
    assert b" 400 " not in answer and b" 431 " not in answer and not answer.endswith(b"0\r\n\r\n")
    await until(lambda: house.left == house.seen)


@pytest.mark.parametrize(
    ("garbage", "status", "said"),
    [
        (b"oh no\r\n\r\n", 400, "invalid_http"),
        (b"POST /ours HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400, "invalid_http"),
        (b"GET / HTTP/1.1\r\norigin: a\rx-evil: b\r\n\r\n", 400, "invalid_http"),
        (post(b"", b"transfer-encoding: chunked"), 400, "invalid_http"),
        (b"GET http://host HTTP/1.1\r\nhost: host\r\n\r\n", 400, "invalid_http"),
        (b"POST http://host?ours HTTP/1.1\r\nhost: host\r\n\r\n", 400, "invalid_http"),
        (b"CONNECT host:443 HTTP/1.1\r\nhost: host\r\n\r\n", 400, "invalid_http"),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * 300_000, 431, "head_too_large"),
    ],
    ids=[
        "no HTTP",
        "a bad chunk",
        "a header in a header",
        "two framings",
        "a URL without a path",
        "a URL with only a query",
        "a proxy's method",
        "a head without end",
    ],
)
async def test_what_is_not_http_is_refused_in_our_form_and_closed(
    open_door, garbage: bytes, status: int, said: str
) -> None:
    house = await open_door(echo)
    client = await house.client()
    client.send(garbage)
    found, headers, body = await client.answer()
    assert (found, code(body)) == (status, said)
    assert (b"x-refused-by" in headers) is garbage.startswith(b"POST /")  # the path was told
    assert await client.rest() == b""
    assert house.seen == []


@pytest.mark.parametrize("path", [b"/ours", b"/ours?key=7", b"/named/some-model"])
@pytest.mark.parametrize(
    ("header", "status", "said"),
    [(b"origin: a\rx: b\r\n\r\n", 400, "invalid_http"), (b"x: " + b"y" * 300_000, 431, "head_too_large")],
    ids=["a header in a header", "a head without end"],
)
async def test_a_head_that_breaks_is_refused_in_the_form_of_its_path(
    open_door, path: bytes, header: bytes, status: int, said: str
) -> None:
    house = await open_door(echo)
    client = await house.client()
    client.send(b"POST %b HTTP/1.1\r\n%b" % (path, header))
    found, headers, body = await client.answer()
    assert (found, code(body), b"x-refused-by" in headers) == (status, said, True)
    assert await client.rest() == b""
    assert house.seen == []


async def test_a_large_body_is_not_taken_for_the_head_that_follows_it(open_door) -> None:
    house = await open_door(echo, max_body_bytes=10**6)
    client = await house.client()
    large, next_ = post(b"x" * 240_000), post(b"next")
    client.send(large + next_[:10])
    assert (await client.answer())[0] == 200
    client.send(next_[10:])
    assert (await client.answer())[::2] == (200, b"next")


async def test_a_path_that_names_its_model_gives_it_to_the_endpoint(open_door) -> None:
    async def script(exchange: Exchange) -> None:
        exchange.refuse(200, b"", f"{exchange.request.model} {exchange.request.url.decode()}".encode())

    house = await open_door(script)
    client = await house.client()
    client.send(post(b"{}", path=b"/named/some-model?key=7"))
    assert (await client.answer())[2] == b"some-model /named/some-model?key=7"
    client.send(post(b"{}", path=b"/ours?key=7"))
    assert (await client.answer())[2] == b" /ours?key=7"
    client.send(post(b"{}", path=b"/other/some-model"))
    assert b"/other/some-model" in (await client.answer())[2]
