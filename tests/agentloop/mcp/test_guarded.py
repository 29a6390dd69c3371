"""The HTTP client of MCP servers has no way around the egress rules."""

import asyncio
from ipaddress import ip_network

import httpx2
import pytest

from agentloop.egress import Egress, Forbidden
from agentloop.mcp.guarded import MAX_BYTES, Guarded

LOCAL = (ip_network("127.0.0.0/8"),)


async def asked(
    answer: bytes, url: str = "", resolve=None, private=LOCAL
) -> tuple[httpx2.Response, list[bytes]]:
    """What a server that answers so is asked, by a client that may reach it alone."""
    heads: list[bytes] = []

    async def serve(reader, writer):
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        try:
            await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    egress = Egress(frozenset([f"127.0.0.1:{port}", f"desk.example:{port}"]), private)
    transport = Guarded(egress, resolve) if resolve else Guarded(egress)
    async with server, httpx2.AsyncClient(transport=transport) as client:
        response = await client.get((url or "http://127.0.0.1:{port}/mcp").format(port=port))
    return response, heads


async def test_the_checked_address_is_connected_under_the_servers_name():
    async def resolve(_host, _port):
        return ["127.0.0.1"]

    answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    response, [head] = await asked(answer, "http://desk.example:{port}/mcp", resolve)
    assert response.text == "ok"
    assert b"\r\nhost: desk.example:" in head.lower()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/mcp", "http://localhost:{port}/mcp", "https://evil.example/"]
)
async def test_what_may_not_be_reached_is_not_connected(url):
    with pytest.raises(Forbidden):
        await asked(b"", url, private=())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_errors_even_to_the_same_place(status):
    answer = f"HTTP/1.1 {status} Go\r\nlocation: /mcp/\r\ncontent-length: 0\r\n\r\n".encode()
    with pytest.raises(httpx2.RemoteProtocolError, match="redirect"):
        await asked(answer)


async def test_an_answer_without_end_is_cut_off():
    body = b"x" * (MAX_BYTES + 1)
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    with pytest.raises(httpx2.RemoteProtocolError, match="over"):
        await asked(answer)


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"zstd", b"identity, gzip"])
async def test_an_answer_that_would_unfold_is_an_error(encoding):
    """The bound is of what comes: a few megabytes unfold to as many gigabytes."""
    answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: %b\r\ncontent-length: 2\r\n\r\nok" % encoding
    with pytest.raises(httpx2.RemoteProtocolError, match="not asked for"):
        await asked(answer)


async def test_it_is_asked_for_as_it_is():
    answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: identity\r\ncontent-length: 2\r\n\r\nok"
    _, [head] = await asked(answer)
    assert b"accept-encoding: identity\r\n" in head.lower()


async def test_no_request_waits_for_another():
    at_once = 128
    came = asyncio.Barrier(at_once)

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await came.wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=2 * at_once)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    transport = Guarded(Egress(frozenset([host]), LOCAL))
    async with server, httpx2.AsyncClient(transport=transport, timeout=20) as client:
        answers = await asyncio.gather(*(client.get(f"http://{host}/mcp") for _ in range(at_once)))
    assert {answer.text for answer in answers} == {"ok"}
