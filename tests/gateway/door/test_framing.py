"""What comes beside a request's head and body decides nothing, and there is a bound to it."""

import asyncio

import pytest

from gateway.door.exchange import Exchange
from gateway.frames import Head
from tests.gateway.door.talk import GET, PLAIN, Gate, code, echo, post

CHUNKED = b"POST %b HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"


async def headers(exchange: Exchange) -> None:
    """Answers with the names of the request's headers."""
    names = b",".join(name for name, _ in exchange.request.headers)
    exchange.begin(Head(PLAIN, whole=True), names + b"|" + exchange.body)
    exchange.end()


@pytest.mark.parametrize("cut", [0, 5, 9])
async def test_a_trailer_is_no_header(open_door, cut: int) -> None:
    house = await open_door(headers)
    client = await house.client()
    client.send(CHUNKED % b"/ours" + b"2\r\nhi\r\n0\r\n"[: cut or None])
    await asyncio.sleep(0.01)
    client.send(b"2\r\nhi\r\n0\r\n"[cut:] if cut else b"", b"authorization: Bearer x\r\n\r\n")
    assert (await client.answer())[2] == b"host,transfer-encoding|hi"
    client.send(post(b"again"))
    assert (await client.answer())[2] == b"host,content-length|again"


async def test_the_application_sees_no_trailer_as_a_header(open_door) -> None:
    house = await open_door(echo)
    seen: list[bytes] = []

    async def app(scope, receive, send) -> None:
        while (await receive()).get("more_body"):
            pass
        seen.extend(name for name, _ in scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    house.app = app
    house.server.config.loaded_app = app
    client = await house.client()
    client.send(CHUNKED % b"/app" + b"0\r\nauthorization: Bearer x\r\n\r\n")
    assert (await client.answer())[0] == 200
    assert seen == [b"host", b"transfer-encoding"]


BARE = {
    "trailers": (b"2\r\nhi\r\n0\r\n", b"a: b\r\n" * 10_000),
    "one trailer without end": (b"2\r\nhi\r\n0\r\na: ", b"v" * 60_000),
    "what a chunk says of itself": (b"2;", b"v" * 60_000),
    "what chunks say of themselves": (b"", b"1;" + b"v" * 60_000 + b"\r\nx\r\n"),
}


@pytest.mark.parametrize("path", [b"/ours", b"/app"])
@pytest.mark.parametrize(("begin", "more"), BARE.values(), ids=BARE.keys())
async def test_what_is_neither_head_nor_body_has_a_bound(
    open_door, path: bytes, begin: bytes, more: bytes
) -> None:
    house = await open_door(echo)
    house.application.clear()  # it waits for the whole body
    client = await house.client()
    client.send(CHUNKED % path + begin)
    answer = asyncio.ensure_future(client.answer())
    for _ in range(8):
        if not answer.done():  # what nobody reads any more would take the answer with it
            client.send(more)
            await asyncio.sleep(0.05)
    status, told, body = await answer
    assert (status, code(body), b"x-refused-by" in told) == (431, "head_too_large", path == b"/ours")
    assert await client.rest() == b""
    assert house.seen == []
    house.application.set()


async def test_an_answer_that_began_is_broken_off_and_has_no_other_in_it(open_door) -> None:
    house = await open_door(echo)
    begun = asyncio.Event()

    async def app(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        begun.set()
        while (await receive())["type"] != "http.disconnect":
            pass

    house.server.config.loaded_app = app
    client = await house.client()
    client.send(CHUNKED % b"/app" + b"2\r\nhi\r\n0\r\n")
    await begun.wait()
    for _ in range(30):
        client.send(b"a: b\r\n" * 10_000)
    answer = await client.rest()
    assert b"431" not in answer and not answer.endswith(b"0\r\n\r\n")


async def test_a_body_may_come_in_chunks_of_a_byte(open_door) -> None:
    house = await open_door(echo, max_body_bytes=10**6)
    client = await house.client()
    client.send(CHUNKED % b"/ours", b"1\r\nx\r\n" * 100_000, b"0\r\n\r\n")
    assert (await client.answer())[::2] == (200, b"x" * 100_000)


OFFERS = (b"connection: Upgrade, HTTP2-Settings", b"UpGrade: h2c", b"http2-settings: AAMAAABkAAQAAP__")


@pytest.mark.parametrize("cut", range(0, 170, 7))
async def test_an_offer_to_speak_another_protocol_is_passed_over_however_it_is_cut(
    open_door, cut: int
) -> None:
    house = await open_door(headers)
    client = await house.client()
    wire = post(b"hello", *OFFERS)
    client.send(wire[:cut])
    await asyncio.sleep(0.005)
    client.send(wire[cut:])
    for _ in range(2):
        status, _, body = await client.answer()
        assert (status, body) == (200, b"host,content-length,connection,http2-settings|hello")
        client.send(wire)  # a head that is known by now
    client.leave()


async def test_offers_behind_one_another_are_answered_each(open_door) -> None:
    house = await open_door(echo)
    client = await house.client()
    chunked = (CHUNKED % b"/ours")[:-2] + OFFERS[0] + b"\r\n" + OFFERS[1] + b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    asked = [post(b"first"), post(b"say upgrade: now", *OFFERS), chunked, GET[:-2] + b"\r\n".join(OFFERS[:2])]
    client.send(*asked, b"\r\n\r\n" + post(b"last", *OFFERS, b"connection: close"))
    for body in (b"first", b"say upgrade: now", b"abc", b"app /app/7", b"last"):
        assert (await client.answer())[::2] == (200, body)
    assert await client.rest() == b""


async def test_thousands_of_offers_are_no_recursion(open_door) -> None:
    house = await open_door(echo)
    client = await house.client()
    client.send(post(b"x", b"connection: upgrade", b"upgrade: a") * 3000)
    for _ in range(3000):
        assert (await client.answer())[2] == b"x"


async def test_an_offer_does_not_hide_two_framings(open_door) -> None:
    house = await open_door(echo)
    client = await house.client()
    client.send(post(b"hello", *OFFERS, b"transfer-encoding: chunked"))
    assert (await client.answer())[0] == 400
    assert await client.rest() == b"" and house.seen == []


async def test_an_answer_of_the_application_sets_no_end_to_the_calls_after_it(open_door) -> None:
    gate = Gate()
    gate.streams = True
    house = await open_door(gate)
    house.server.config.timeout_keep_alive = 0.1
    client = await house.client()
    for request in (post(b"known"), GET, post(b"first")):
        client.send(request)
        if request != post(b"first"):
            await client.answer()
    await asyncio.sleep(0.3)
    gate.open.set()
    assert (await client.answer())[::2] == (200, b"az")
