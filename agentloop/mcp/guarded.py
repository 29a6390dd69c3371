"""The HTTP client for MCP servers, which enforces the egress rules and size limits."""

from collections.abc import AsyncIterator

import httpx2

from agentloop.egress import Egress
from agentloop.tools.http import Resolve, resolved

MAX_BYTES = 4 * 1024 * 1024  # of one response of any kind
_CONNECT_SECONDS = 5.0
# All runs share our connection to a server. A call that waited here for a socket would be taken for one that
# got no answer.
_CONNECTIONS = httpx2.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=5.0)


class Guarded(httpx2.AsyncBaseTransport):
    """All requests pass through it. Raises Forbidden before any connection is made."""

    def __init__(self, egress: Egress, resolve: Resolve = resolved) -> None:
        self._egress = egress
        self._resolve = resolve
        # Ignore proxies from the environment: the target was checked, and only the operator configures it.
        self._inner = httpx2.AsyncHTTPTransport(trust_env=False, limits=_CONNECTIONS)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response; a redirect is an error."""
        host, port, tls = self._egress.place(str(request.url))
        address = self._egress.pinned(await self._resolve(host, port), tls=tls)
        # The address that was checked, even if the name resolves to another by now; the host header stays.
        request.url = request.url.copy_with(host=address)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        if 300 <= response.status_code < 400:
            await response.aclose()
            raise httpx2.RemoteProtocolError("the server answered with a redirect, which is not followed")
        if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            await response.aclose()  # its decompressed size has no bound
            raise httpx2.RemoteProtocolError("the server answered in an encoding that was not asked for")
        response.stream = _Bounded(response.stream)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Bounded(httpx2.AsyncByteStream):
    """A body that raises an error once it exceeds MAX_BYTES."""

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
    """A client that cannot bypass the rules. It bounds only connecting; calls have their own deadlines."""
    return httpx2.AsyncClient(
        transport=Guarded(egress),
        headers=headers,
        timeout=httpx2.Timeout(None, connect=_CONNECT_SECONDS),
        trust_env=False,
        follow_redirects=False,
    )
