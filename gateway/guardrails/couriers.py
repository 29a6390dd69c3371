"""Sends remote guards' questions to HTTP services: signed, to allowed addresses, with bounded answers."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_network

import httpx

from agentloop.egress import Egress
from agentloop.tools.http import resolved
from config.catalog import GuardFacts
from gateway.call import Errand
from gateway.guardrails.consulting import NoAnswer
from gateway.metering.notifying import signature

MOST_BYTES = 1024 * 1024  # of an answer
_LOOKED_UP = 30.0  # seconds for which a checked address is cached


class HttpCourier:
    """Courier over HTTP with pooled connections. Does not follow redirects."""

    def __init__(
        self,
        unix_seconds: Callable[[], float],
        resolve: Callable[[str, int], Awaitable[list[str]]] = resolved,
    ) -> None:
        self._clock = unix_seconds
        self._resolve = resolve
        self._client = httpx.AsyncClient(timeout=None, trust_env=False)  # the guard's budget is the deadline
        self._addresses: dict[tuple[str, tuple[str, ...]], tuple[float, str]] = {}

    async def ask(self, facts: GuardFacts, question: bytes, errand: Errand) -> bytes:
        """The body of a 200 answer. Raises NoAnswer, agentloop.egress.Forbidden, and httpx's errors."""
        service = facts.service
        assert service is not None
        url = httpx.URL(service.url)
        host, address = await self._pinned(facts)
        headers = {
            **{name: secret.value for name, secret in service.headers.items()},
            "host": url.netloc.decode(),
            "content-type": "application/json",
            "accept-encoding": "identity",  # a few compressed kilobytes may be a gigabyte
            "x-request-id": errand.call.id,
        }
        if service.secret is not None:
            at = int(self._clock())
            headers["x-signalbox-signature"] = signature(service.secret.value, at, question.decode())
        asked = self._client.build_request(
            "POST",
            # The checked address, even if the name resolves to another one by now.
            url.copy_with(host=address),
            headers=headers,
            content=question,
            extensions={"sni_hostname": host},
        )
        answer = await self._client.send(asked, stream=True, follow_redirects=False)
        try:
            if answer.status_code != 200:
                raise NoAnswer("error")
            return await _read(answer)
        finally:
            await answer.aclose()

    async def _pinned(self, facts: GuardFacts) -> tuple[str, str]:
        service = facts.service
        assert service is not None
        egress = Egress(frozenset([service.host]), tuple(map(ip_network, service.private)))
        host, port, tls = egress.place(service.url)
        key, now = (service.url, service.private), self._clock()
        known = self._addresses.get(key)
        if known is None or not 0 <= now - known[0] < _LOOKED_UP:
            known = self._addresses[key] = now, egress.pinned(await self._resolve(host, port), tls=tls)
        return host, known[1]

    async def close(self) -> None:
        """Closes its connections."""
        await self._client.aclose()


async def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > MOST_BYTES:
            raise NoAnswer("answer")
    return bytes(body)
