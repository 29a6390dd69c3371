"""Per-request authentication to vendors that do not take a fixed key."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from config.catalog import Vendor
from gateway.clock import Clock

# By `VendorKind.auth`; imported only if such a vendor is configured.
_WAYS = {"aws": "gateway.signing.amazon", "google": "gateway.signing.service_account"}


class Proof(Protocol):
    """Authenticates requests to one vendor."""

    covers_body: bool  # whether the whole body is needed before its first byte is sent

    async def lines(self, head: bytes, body: bytes) -> bytes:
        """The header lines to add to those of the head. Raises CredentialsUnavailable."""


@dataclass(frozen=True, slots=True)
class Means:
    """What proofs are made from: the places that may hold keys, and the clock."""

    environ: Mapping[str, str]
    home: Path
    clock: Clock


class Proofs:
    """One proof per account, kept across reloads so that a reload fetches no new token."""

    def __init__(self, environ: Mapping[str, str], home: Path, clock: Clock) -> None:
        self._means = Means(environ, home, clock)
        self._known: dict[tuple[object, ...], Proof] = {}

    def get(self, vendor: Vendor) -> Proof | None:
        """None if the vendor has a key or needs no proof. Raises ValueError on malformed credentials."""
        if vendor.kind.auth == "key" or vendor.api_key is not None:
            return None
        values = tuple((name, secret.value) for name, secret in vendor.credentials.items())
        account = (vendor.kind.auth, vendor.base_url, vendor.region, *values)
        proof = self._known.get(account)
        if proof is None:
            way = importlib.import_module(_WAYS[vendor.kind.auth])
            proof = self._known[account] = cast(Proof, way.proof_of(vendor, self._means))
        return proof
