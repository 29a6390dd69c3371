"""The HTTP client for MCP servers, which enforces the egress rules and size limits."""

from collections.abc import AsyncIterator

import httpx2

from agentloop.egress import Egress
from agentloop.tools.http import Resolve, resolved

MAX_BYTES = 4 * 1024 * 1024  # of one response, whatever it is
_CONNECT_SECONDS = 5.0
# All runs share a server's connection of ours. A call that waited here for a socket would be taken for one
# without an answer.
_CONNECTIONS = httpx2.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=5.0)


class Guarded(httpx2.AsyncBaseTransport):
    """Every request passes it. Raises Forbidden before anything is connected."""

    def __init__(self, egress: Egress, resolve: Resolve = resolved) -> None:
        self._egress = egress
        self._resolve = resolve
        # No proxy of the environment: where it connects to was checked, and is said by the operator alone.
        self._inner = httpx2.AsyncHTTPTransport(trust_env=False, limits=_CONNECTIONS)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response, unless it leads elsewhere: redirects are errors."""
        host, port, tls = self._egress.place(str(request.url))
        address = self._egress.pinned(await self._resolve(host, port), tls=tls)
        # The address that was checked, whatever the name stands for by now; the host header stays the name's.
        request.url = request.url.copy_with(host=address)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        if 300 <= response.status_code < 400:
            await response.aclose()
            raise httpx2.RemoteProtocolError("the server answered with a redirect, which is not followed")
        if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            await response.aclose()  # what it would unfold to has no bound
            raise httpx2.RemoteProtocolError("the server answered in an encoding that was not asked for")
        response.stream = _Bounded(response.stream)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends with an error where it is too long."""

    def __init__(self, inner: httpx2.SyncByteStream | httpx2.AsyncByteStream) -> None:
        if not isinstance(inner, httpx2.AsyncByteStream):
            raise TypeError("the body of an asynchronous response is asynchronous")
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_BYTES
        async for piece in self._inner:
            left -= len(piece)
            if left < 0:
                raise httpx2.RemoteProtocolError(f"the server's answer is over {MAX_BYTES} bytes")
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


def guarded_client(egress: Egress, headers: dict[str, str]) -> httpx2.AsyncClient:
    """A client that has no way around the rules; its deadlines are those of the calls, but for connecting."""
    return httpx2.AsyncClient(
        transport=Guarded(egress),
        headers=headers,
        timeout=httpx2.Timeout(None, connect=_CONNECT_SECONDS),
        trust_env=False,
        follow_redirects=False,
    )
