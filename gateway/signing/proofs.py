"""Per-request authentication to a vendor, where no fixed key does."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from config.catalog import Vendor
from gateway.clock import Clock

# By what a kind of vendor asks for; loaded where one is configured.
_WAYS = {"aws": "gateway.signing.amazon", "google": "gateway.signing.service_account"}


class Proof(Protocol):
    """Proves requests to one vendor."""

    covers_body: bool  # whether it must know all of a body before the first byte of it goes

    async def lines(self, head: bytes, body: bytes) -> bytes:
        """The header lines to send beside those of the head. Raise CredentialsUnavailable."""


@dataclass(frozen=True, slots=True)
class Means:
    """What proofs are made from: where keys are looked for, and the time."""

    environ: Mapping[str, str]
    home: Path
    clock: Clock


class Proofs:
    """One proof for each account, kept over configurations so that a reload asks for no new token."""

    def __init__(self, environ: Mapping[str, str], home: Path, clock: Clock) -> None:
        self._means = Means(environ, home, clock)
        self._known: dict[tuple[object, ...], Proof] = {}

    def get(self, vendor: Vendor) -> Proof | None:
        """None where the vendor has a key, or needs no proof. ValueError on credentials nobody can read."""
        if vendor.kind.auth == "key" or vendor.api_key is not None:
            return None
        values = tuple((name, secret.value) for name, secret in vendor.credentials.items())
        account = (vendor.kind.auth, vendor.base_url, vendor.region, *values)
        proof = self._known.get(account)
        if proof is None:
            way = importlib.import_module(_WAYS[vendor.kind.auth])
            proof = self._known[account] = cast(Proof, way.proof_of(vendor, self._means))
        return proof
