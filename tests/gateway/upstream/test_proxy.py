"""Through a proxy an origin is reached by CONNECT, or the proxy's refusal is told."""

import asyncio
import socket

import pytest

from gateway.upstream import ConnectRefused, ConnectTimeout, Deadlines, ProxyRefused, TlsFailed, build_head
from gateway.upstream.origin import Origin, Proxy
from gateway.upstream.proxy import connect_request, tunnel_verdict
from tests.gateway.upstream.scripts import AMPLE
from tests.patience import until

GET = build_head("GET", "/", [("host", "v")])


async def answering(wire):
    while await wire.request():
        await wire.send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")


def tunnelling(server, seen, reply=b"HTTP/1.1 200 Connection established\r\nvia: p\r\n\r\n"):
    """A proxy's script: take CONNECT, then carry bytes both ways."""

    async def carry(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
            writer.close()
        except ConnectionError:
            writer.transport.abort()

    async def script(wire):
        seen.append(await wire.reader.readuntil(b"\r\n\r\n"))
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        await wire.send(reply)
        await asyncio.gather(carry(wire.reader, writer), carry(reader, wire.writer))
        writer.close()

    return script


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_origin_is_called_through_the_tunnel(vendor, upstream, ca_file, server_context, scheme):
    server = await vendor(answering, server_context("localhost") if scheme == "https" else None)
    seen = []
    proxy = await vendor(tunnelling(server, seen))
    url = f"http://user:pa%20ss@127.0.0.1:{proxy.port}"
    pool = upstream(server.url(scheme, "localhost"), proxy=url, ca_file=ca_file)
    for _ in range(2):
        with await pool.send(GET, None, AMPLE) as response:
            assert await response.read() == b"ok"
    assert seen == [
        b"CONNECT localhost:%d HTTP/1.1\r\nhost: localhost:%d\r\n"
        b"proxy-authorization: Basic dXNlcjpwYSBzcw==\r\n\r\n" % (server.port, server.port)
    ]


async def test_the_tunnels_certificate_is_verified_too(vendor, upstream, server_context):
    server = await vendor(answering, server_context("localhost"))
    proxy = await vendor(tunnelling(server, []))
    pool = upstream(server.url("https", "localhost"), proxy=proxy.url())
    with pytest.raises(TlsFailed):
        await pool.send(GET, None, AMPLE)


VERDICTS = {
    "open": (b"HTTP/1.1 200 OK\r\n\r\n", ""),
    "open, HTTP/1.0": (b"HTTP/1.0 200\r\nx: y\r\n\r\n", ""),
    "not yet": (b"HTTP/1.1 200 OK\r\n", None),
    "refused": (b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno", "403"),
    "asks who we are": (b"HTTP/1.1 407 Who\r\n\r\n", "user:password"),
    "no HTTP": (b"hello\r\n\r\n", "not HTTP"),
    "speaks before it is asked": (b"HTTP/1.1 200 OK\r\n\r\nSSH-2.0", "before"),
    "endless": (b"x" * 20_000, "exceeds"),
}


@pytest.mark.parametrize(("received", "verdict"), VERDICTS.values(), ids=VERDICTS.keys())
def test_a_proxys_answer_is_understood(received, verdict):
    said = tunnel_verdict(received)
    assert said == verdict if not verdict else verdict in said


def test_an_ipv6_origin_keeps_its_brackets():
    request = connect_request(Origin.of("https://[::1]:8443"), Proxy.of("http://p"))
    assert request == b"CONNECT [::1]:8443 HTTP/1.1\r\nhost: [::1]:8443\r\n\r\n"


@pytest.mark.parametrize(
    "reply", [b"HTTP/1.1 403 No\r\n\r\n", b"garbage\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\n\r\nx"]
)
async def test_a_refusal_names_the_proxy_and_not_its_password(vendor, upstream, reply):
    async def script(wire):
        await wire.reader.readuntil(b"\r\n\r\n")
        await wire.send(reply)

    proxy = await vendor(script)
    pool = upstream("http://vendor.example", proxy=f"http://user:hunter2@127.0.0.1:{proxy.port}")
    with pytest.raises(ProxyRefused, match=f"proxy 127.0.0.1:{proxy.port}") as refused:
        await pool.send(GET, None, AMPLE)
    assert "hunter2" not in str(refused.value) and refused.value.phase == "connect"
    await until(lambda: proxy.open == pool.open_connections == 0)


async def test_a_silent_proxy_meets_the_connect_deadline_and_is_closed(vendor, upstream):
    async def script(wire):
        await wire.gone()

    proxy = await vendor(script)
    pool = upstream("http://vendor.example", proxy=proxy.url())
    with pytest.raises(ConnectTimeout):
        await pool.send(GET, None, Deadlines(connect=0.15))
    await until(lambda: proxy.open == pool.open_connections == 0)


async def test_a_proxy_that_is_not_there_is_refused(upstream):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    pool = upstream("http://vendor.example", proxy=f"http://127.0.0.1:{port}")
    with pytest.raises(ConnectRefused):
        await pool.send(GET, None, AMPLE)
