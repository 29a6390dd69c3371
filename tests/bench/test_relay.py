"""The bare relay over real sockets: what comes out is what went in, cut where it was cut."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import wire
from bench.relay import Relay, UpstreamConnection, UpstreamLost


@asynccontextmanager
async def relaying(upstream_port: int) -> AsyncIterator[str]:
    """The relay as it is served in a run, on a free port."""
    options = {"http": "httptools", "lifespan": "off", "access_log": False, "log_level": "critical"}
    relay = Relay(upstream_port)
    server = uvicorn.Server(uvicorn.Config(relay, port=0, **options))  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as tasks:
        listening = socket.create_server(("127.0.0.1", 0))
        tasks.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
    relay.close()
    await asyncio.sleep(0)  # the transports close their sockets on the next turn


@asynccontextmanager
async def answering(*writes: bytes) -> AsyncIterator[int]:
    """An upstream that reads a request, makes these writes and closes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        for piece in writes:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _post(url: str, body: bytes) -> tuple[int, str, bytes]:
    async with aiohttp.ClientSession() as session, session.post(url + wire.PATH, data=body) as answer:
        return answer.status, answer.headers["content-type"], await answer.read()


@pytest.mark.parametrize("size", [300, 1024, 100_000, 1_000_000])
async def test_a_whole_answer_comes_through_byte_for_byte(upstream: Any, size: int) -> None:
    async with relaying(upstream.port) as url:
        answer = await _post(url, wire.request("fast", size))
    assert answer == (200, "application/json", wire.answer())


@pytest.mark.parametrize("model", ["fast", "fast-20x1ms"], ids=["unpaced", "paced"])
async def test_a_stream_comes_through_byte_for_byte(upstream: Any, model: str) -> None:
    async with relaying(upstream.port) as url:
        status, kind, body = await _post(url, wire.request(model, 1024, stream=True))
    assert (status, kind) == (200, "text/event-stream; charset=utf-8")
    assert body == b"".join(wire.events(wire.Shape.of(model).chunks, usage=True))


async def test_an_event_is_passed_on_before_the_next_one_exists(upstream: Any) -> None:
    body = wire.request("fast-1x150ms", 1024, stream=True)
    async with relaying(upstream.port) as url, aiohttp.ClientSession() as session:
        async with session.post(url + wire.PATH, data=body) as answer:
            pieces = [piece async for piece in answer.content.iter_any()]
    assert pieces == wire.events(1, usage=True)


async def test_calls_one_after_another_share_a_connection(upstream: Any) -> None:
    async with relaying(upstream.port) as url:
        for stream in (False, True, False):
            await _post(url, wire.request("fast", 1024, stream=stream))
    assert (upstream.stats.requests, upstream.stats.connections_opened) == (3, 1)


async def test_a_connection_that_the_upstream_closed_is_not_used_again() -> None:
    reply = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nhi"
    async with answering(reply) as port, relaying(port) as url:
        for _ in range(2):
            assert (await _post(url, wire.request("fast", 1024)))[2] == b"hi"
            await asyncio.sleep(0.05)


async def test_a_status_other_than_200_comes_through() -> None:
    reply = b"HTTP/1.1 429 Slow Down\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
    async with answering(reply) as port, relaying(port) as url:
        assert await _post(url, wire.request("fast", 1024)) == (429, "application/json", b"{}")


CUTS: dict[str, tuple[bytes, ...]] = {
    "in a sized body": (b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\nhalf",),
    "in a stream": (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n",
        b"4\r\nhalf\r\n",
    ),
    "in a chunk": (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf",
    ),
}


@pytest.mark.parametrize("writes", CUTS.values(), ids=CUTS)
async def test_an_answer_that_is_cut_never_looks_complete(writes: tuple[bytes, ...]) -> None:
    async with answering(*writes) as port, relaying(port) as url:
        with pytest.raises(aiohttp.ClientPayloadError):
            await _post(url, wire.request("fast", 1024))


@pytest.mark.parametrize(
    "writes", [(), (b"HTTP/1.1 200",), (b"what is this\r\n\r\n",)], ids=["nothing", "half a head", "noise"]
)
async def test_an_upstream_that_gives_no_answer_is_a_failure(writes: tuple[bytes, ...]) -> None:
    async with answering(*writes) as port, relaying(port) as url:
        assert (await _post(url, wire.request("fast", 1024)))[0] == 500


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"stream": true}'], ids=["empty", "cut", "a list", "no model"]
)
async def test_what_is_no_chat_request_is_refused(upstream: Any, body: bytes) -> None:
    async with relaying(upstream.port) as url:
        assert (await _post(url, body))[0] == 400
    assert upstream.stats.requests == 0


WIRE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nx-request-id: 1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
)


class _Transport(asyncio.Transport):
    def writelines(self, pieces: Any) -> None:
        self.written = b"".join(pieces)

    def abort(self) -> None:
        self.aborted = True


def _connection() -> UpstreamConnection:
    connection = UpstreamConnection(asyncio.get_running_loop())
    connection.connection_made(_Transport())
    connection.ask(b"head", b"body")
    return connection


@settings(deadline=None)
@given(cuts=st.sets(st.integers(1, len(WIRE) - 1)))
def test_the_body_does_not_depend_on_where_the_network_cuts(cuts: set[int]) -> None:
    async def read() -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        connection = _connection()
        places = [0, *sorted(cuts), len(WIRE)]
        body = b""
        for begin, end in zip(places, places[1:], strict=False):
            connection.data_received(WIRE[begin:end])
        while not connection.done:
            body += await connection.read()
        return connection.status, connection.headers, body + await connection.read()

    status, headers, body = asyncio.run(read())
    assert (status, headers, body) == (200, [(b"content-type", b"text/event-stream")], b"hello world")


async def test_a_reader_waits_for_what_has_not_come_and_learns_of_a_loss() -> None:
    connection = _connection()
    connection.data_received(WIRE[: WIRE.index(b"6\r\n")])
    assert await connection.read() == b"hello"
    loop: Callable[..., Any] = asyncio.get_running_loop().call_soon
    loop(connection.connection_lost, None)
    with pytest.raises(UpstreamLost):
        await connection.read()
