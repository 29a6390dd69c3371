"""Finds model servers on this machine, after the gateway listens."""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import aclosing
from ipaddress import ip_address
from urllib.parse import urlsplit

from config.catalog import Catalog, Vendor
from config.defaults import passthroughs_of, with_vendor
from config.kinds import VendorKind
from gateway.upstream import Deadlines, Origin, Upstream, UpstreamFailure, build_head

log = logging.getLogger("signalbox.local")

PATIENCE_SECONDS = 0.5  # a local server answers at once or does not exist


async def find_local(kinds: Iterable[VendorKind]) -> list[Vendor]:
    """The vendors with a server at its usual address on this machine.

    Probes all at once, each for at most half a second; only kinds with a `probe`, and only on loopback.
    """
    asked = [kind for kind in kinds if kind.probe is not None and _is_loopback(kind.base_url)]
    if not asked:
        return []
    answers = await asyncio.gather(*map(_answers, asked))
    return [_vendor(kind) for kind, answered in zip(asked, answers, strict=True) if answered]


def extended(catalog: Catalog, found: Iterable[Vendor]) -> Catalog:
    """The catalog with the vendors found, each callable as `NAME/model`.

    Vendors that the catalog already has are unchanged.
    """
    for vendor in found:
        if vendor.name not in catalog.vendors:
            catalog = with_vendor(catalog, vendor, passthroughs_of(vendor))
    return catalog


async def _answers(kind: VendorKind) -> bool:
    url = f"{kind.base_url}{kind.probe}"
    origin = Origin.of(url)
    head = build_head("GET", urlsplit(url).path, [("host", origin.authority), ("accept", "application/json")])
    async with aclosing(Upstream(origin)) as upstream:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                # The head is enough; models are looked up when they are called.
                with await upstream.send(head, None, Deadlines()) as answer:
                    return answer.status == 200 and b"json" in (answer.header(b"content-type") or b"")
        except (UpstreamFailure, TimeoutError):
            return False


def _vendor(kind: VendorKind) -> Vendor:
    base_url = kind.base_url or ""
    log.info("%s answers at %s: call its models as %s/MODEL", kind.title, base_url, kind.name)
    return Vendor(kind.name, kind, base_url, None)


def _is_loopback(base_url: str | None) -> bool:
    host = urlsplit(base_url or "").hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
