"""Sends a signed notice to the operator's webhook, only to allowed addresses."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from ipaddress import ip_network

import httpx

from agentloop.egress import Egress, Forbidden
from agentloop.tools.http import resolved
from config.alert import AlertFacts
from ledger.notices import Notice

_SECONDS = 5.0  # httpx's timeout, for each of connecting, reading and writing


def signature(secret: str, at: int, body: str) -> str:
    """`t=…,v1=…`: hexadecimal HMAC-SHA256 of the Unix time, a dot and the body."""
    digest = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


async def send(
    facts: AlertFacts,
    notice: Notice,
    at: int,
    resolve: Callable[[str, int], Awaitable[list[str]]] = resolved,
) -> str:
    """Send a notice; returns the reason if it failed, else "". `at`: Unix seconds. Follows no redirects."""
    egress = Egress(frozenset([facts.host]), tuple(map(ip_network, facts.private)))
    try:
        host, port, tls = egress.place(facts.url)
        address = egress.pinned(await resolve(host, port), tls=tls)
        url = httpx.URL(facts.url)
        headers = {
            "host": url.netloc.decode(),
            "content-type": "application/json",
            "x-signalbox-delivery": notice.id,
            "x-signalbox-signature": signature(facts.secret.value, at, notice.body),
        }
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
            # The checked address, even if the name resolves to another by now.
            asked = client.build_request(
                "POST",
                url.copy_with(host=address),
                headers=headers,
                content=notice.body.encode(),
                extensions={"sni_hostname": host},
            )
            answer = await client.send(asked)
    except Forbidden as error:
        return f"it may not be reached: {error}"
    except (httpx.HTTPError, OSError) as error:
        return f"it cannot be reached ({type(error).__name__})"
    return "" if answer.is_success else f"it answered {answer.status_code}"
