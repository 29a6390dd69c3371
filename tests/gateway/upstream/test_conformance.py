"""The same raw servers are put before our client and before aiohttp; where the two differ, a row says why."""

import asyncio
from dataclasses import dataclass

import aiohttp
import pytest

from gateway.upstream import Deadlines, Origin, Upstream, UpstreamFailure, build_head

POST = build_head("POST", "/", [("host", "v")])
HEAD = build_head("HEAD", "/", [("host", "v")])
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
LENIENT = "llhttp is lenient there by aiohttp's choice; what intermediaries read in two ways we refuse"
SECONDS = 0.4  # after which a client that still waits has hung


@dataclass(frozen=True)
class Row:
    """What a server says to each request, and what becomes of two calls in a row.

    `expected` is (status, body) or the failure's kind; `connections` is how many both calls took together.
    Where aiohttp does otherwise, `aiohttp` says (what, connections) and `why`.
    """

    says: tuple[bytes | float, ...]
    expected: tuple[int, bytes] | str
    connections: int = 1
    hang_up: bool = False
    reset: bool = False
    method: str = "POST"  # aiohttp repeats a failed GET by itself, which would hide what it met
    aiohttp: tuple[tuple[int, bytes] | str, int] | None = None
    why: str = ""


ROWS = {
    "sized": Row((OK + b"content-length: 5\r\n\r\nhello",), (200, b"hello")),
    "sized, in two parts": Row((OK + b"content-length: 5\r\n\r\nhe", 0.02, b"llo"), (200, b"hello")),
    "empty": Row((OK + b"content-length: 0\r\n\r\n",), (200, b"")),
    "chunked": Row((CHUNKED + b"5\r\nhello\r\n0\r\n\r\n",), (200, b"hello")),
    "chunk extensions": Row((CHUNKED + b'5;a=b;c="d"\r\nhello\r\n0\r\n\r\n',), (200, b"hello")),
    "trailers": Row((CHUNKED + b"5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n",), (200, b"hello")),
    "chunk sizes in capitals": Row((CHUNKED + b"A\r\n0123456789\r\n0\r\n\r\n",), (200, b"0123456789")),
    "until close": Row((OK + b"\r\nhello",), (200, b"hello"), connections=2, hang_up=True),
    "until close, in two parts": Row((OK + b"\r\nhe", 0.02, b"llo"), (200, b"hello"), 2, hang_up=True),
    "connection: close": Row((OK + b"connection: close\r\ncontent-length: 2\r\n\r\nok",), (200, b"ok"), 2),
    "HTTP/1.0": Row((b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",), (200, b"ok"), 2),
    "HTTP/1.0 that keeps alive": Row(
        (b"HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok",), (200, b"ok")
    ),
    "no reason phrase": Row((b"HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok",), (200, b"ok")),
    "204": Row((b"HTTP/1.1 204 No Content\r\n\r\n",), (204, b"")),
    "304 with a length": Row((b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n",), (304, b"")),
    "100 first": Row(
        (b"HTTP/1.1 100 Continue\r\n\r\n", 0.02, OK + b"content-length: 2\r\n\r\nok"), (200, b"ok")
    ),
    "103 first": Row(
        (b"HTTP/1.1 103 Early\r\nlink: x\r\n\r\n" + OK + b"content-length: 0\r\n\r\n",), (200, b"")
    ),
    "an error status": Row((b"HTTP/1.1 503 Busy\r\ncontent-length: 2\r\n\r\nno",), (503, b"no")),
    "HEAD": Row(
        (OK + b"content-length: 9\r\n\r\n",),
        (200, b""),
        connections=2,
        method="HEAD",
        aiohttp=((200, b""), 1),
        why="httptools cannot be told that no body follows, so the connection is closed; no hot call is HEAD",
    ),
    "closed before anything": Row((), "closed_early", connections=2, hang_up=True),
    "closed in the status line": Row(
        (b"HTTP/1.1 20",),
        "closed_early",
        connections=2,
        hang_up=True,
    ),
    "closed in the headers": Row((OK + b"content-le",), "closed_early", 2, hang_up=True),
    "closed in a sized body": Row((OK + b"content-length: 9\r\n\r\nhello",), "closed_early", 2, hang_up=True),
    "closed in a chunk": Row((CHUNKED + b"9\r\nhello",), "closed_early", 2, hang_up=True),
    "closed between chunks": Row((CHUNKED + b"5\r\nhello\r\n",), "closed_early", 2, hang_up=True),
    "closed in the last chunk": Row((CHUNKED + b"5\r\nhello\r\n0\r\n",), "closed_early", 2, hang_up=True),
    "reset before anything": Row((), "closed_early", 2, reset=True),
    "reset in the body": Row((OK + b"content-length: 9\r\n\r\nhello", 0.02), "closed_early", 2, reset=True),
    "not HTTP": Row((b"SSH-2.0-OpenSSH\r\n\r\n",), "protocol", 2),
    "a bad chunk size": Row((CHUNKED + b"zz\r\n",), "protocol", 2),
    "a chunk longer than it says": Row((CHUNKED + b"2\r\nhello\r\n0\r\n\r\n",), "protocol", 2),
    "two framings": Row(
        (OK + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",), "protocol", 2
    ),
    "two lengths": Row((OK + b"content-length: 2\r\ncontent-length: 3\r\n\r\nabc",), "protocol", 2),
    "a negative length": Row((OK + b"content-length: -1\r\n\r\n",), "protocol", 2),
    "a space before the colon": Row(
        (OK + b"content-length : 2\r\n\r\nok",), "protocol", 2, aiohttp=((200, b"ok"), 1), why=LENIENT
    ),
    "a folded header": Row(
        (OK + b"a: b\r\n c\r\ncontent-length: 2\r\n\r\nok",),
        "protocol",
        2,
        aiohttp=((200, b"ok"), 1),
        why=LENIENT,
    ),
    "bare line feeds": Row(
        (b"HTTP/1.1 200 OK\ncontent-length: 2\n\nok",), "protocol", 2, aiohttp=((200, b"ok"), 1), why=LENIENT
    ),
    "NUL in a header": Row((OK + b"a: \0\r\ncontent-length: 2\r\n\r\nok",), "protocol", 2),
    "an upgrade nobody asked for": Row(
        (b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",),
        "protocol",
        2,
        aiohttp=((101, b""), 2),
        why="aiohttp serves websockets, too",
    ),
    "a huge header": Row((OK + b"x: " + b"y" * 70_000 + b"\r\ncontent-length: 0\r\n\r\n",), "too_large", 2),
    "garbage after the answer": Row(
        (OK + b"content-length: 2\r\n\r\nok" + b"garbage",),
        (200, b"ok"),
        2,
        aiohttp=("protocol", 2),
        why="a paid answer that is whole is not thrown away",
    ),
    "a second answer after the answer": Row(
        ((OK + b"content-length: 2\r\n\r\nok") + (OK + b"content-length: 4\r\n\r\nevil"),), (200, b"ok"), 2
    ),
    "silence": Row((), "headers_timeout", 2),
    "silence in the body": Row((OK + b"content-length: 9\r\n\r\nhello",), "idle_timeout", 2),
}

FAMILY = {
    "closed_early": {"ServerDisconnectedError", "ClientPayloadError", "ClientOSError"},
    "protocol": {"ClientResponseError"},
    "too_large": {"ClientResponseError"},
    "headers_timeout": {"SocketTimeoutError"},
    "idle_timeout": {"SocketTimeoutError"},
}


def script(row):
    async def serve(wire):
        while await wire.request():
            for step in row.says:
                await (wire.send(step) if isinstance(step, bytes) else asyncio.sleep(step))
            if row.reset:
                return wire.reset()
            if row.hang_up:
                return

    return serve


async def ours(url, row):
    pool = Upstream(Origin.of(url))
    limits = Deadlines(headers=SECONDS, idle=SECONDS, total=3)
    results = []
    for _ in range(2):
        try:
            with await pool.send(*(HEAD, None) if row.method == "HEAD" else (POST, b""), limits) as response:
                results.append((response.status, await response.read()))
        except UpstreamFailure as failure:
            results.append(failure.kind)
        await asyncio.sleep(0.01)
    await pool.aclose()
    return results


async def theirs(url, row):
    limits = aiohttp.ClientTimeout(total=3, sock_read=SECONDS)
    results = []
    async with aiohttp.ClientSession(timeout=limits) as session:
        for _ in range(2):
            try:
                async with session.request(row.method, url, allow_redirects=False) as response:
                    results.append((response.status, await response.read()))
            except (aiohttp.ClientError, TimeoutError) as error:
                results.append(type(error).__name__)
            await asyncio.sleep(0.01)
    return results


@pytest.mark.parametrize("name", ROWS)
async def test_our_client_reads_the_server(vendor, name):
    row = ROWS[name]
    server = await vendor(script(row))
    assert await ours(server.url(), row) == [row.expected] * 2
    assert server.connections == row.connections


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.asyncio(loop_factories=["asyncio"])
async def test_aiohttp_agrees_or_the_row_says_why(vendor, name):
    row = ROWS[name]
    server = await vendor(script(row))
    expected, connections = row.aiohttp or (row.expected, row.connections)
    assert bool(row.why) is ((expected, connections) != (row.expected, row.connections))
    wanted = FAMILY[expected] if isinstance(expected, str) else {expected}
    assert all(result in wanted for result in await theirs(server.url(), row))
    assert server.connections == connections
