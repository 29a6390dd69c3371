"""CONNECT: a tunnel through a forward proxy, for http and https origins alike."""

import asyncio
import re
from typing import cast

from gateway.upstream.errors import ProxyRefused, UpstreamFailure
from gateway.upstream.origin import Origin, Proxy, bracketed

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: [^\r\n]*)?\r\n")
_MAX_HEAD = 16 * 1024


def connect_request(origin: Origin, proxy: Proxy) -> bytes:
    """The CONNECT request for an origin."""
    target = f"{bracketed(origin.host)}:{origin.port}".encode("ascii")
    lines = [b"CONNECT %b HTTP/1.1" % target, b"host: %b" % target]
    if proxy.authorization is not None:
        lines.append(b"proxy-authorization: %b" % proxy.authorization)
    return b"\r\n".join([*lines, b"", b""])


def tunnel_verdict(received: bytes) -> str | None:
    """The result of a proxy's answer: None if incomplete, "" if the tunnel is open, else why it is not."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return f"its answer exceeds {_MAX_HEAD} bytes" if len(received) > _MAX_HEAD else None
    status = _STATUS.match(received)
    if status is None:
        return "its answer is not HTTP/1"
    code = int(status[1])
    if not 200 <= code < 300:
        return f"it answered CONNECT with status {code}" + (
            "; put user:password into the proxy URL" if code == 407 else ""
        )
    return "it sent bytes before the tunnel was used" if len(received) > end + 4 else ""


class Tunnel(asyncio.Protocol):
    """The CONNECT exchange with the proxy, before the actual connection takes over the transport."""

    def __init__(self, origin: Origin, proxy: Proxy) -> None:
        self._request = connect_request(origin, proxy)
        self._host = f"{origin} through {proxy}"
        self._received = b""
        self._transport: asyncio.Transport | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        verdict = tunnel_verdict(self._received)
        if verdict == "":
            # Further data belongs to the next protocol, which is not attached yet.
            cast(asyncio.Transport, self._transport).pause_reading()
            self._end(None)
        elif verdict is not None:
            self._end(ProxyRefused(self._host, "connect", verdict))

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(ProxyRefused(self._host, "connect", "it closed the connection"))

    def abort(self) -> None:
        """Close the socket at once, if there is one."""
        if self._transport is not None:
            self._transport.abort()

    def _end(self, failure: UpstreamFailure | None) -> None:
        if self.opened.done():
            return
        if failure is None:
            self.opened.set_result(None)
        else:
            self.opened.set_exception(failure)
