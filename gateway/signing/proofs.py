"""What proves to a vendor that a request is ours, request by request, where no fixed key does."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from config.catalog import Vendor
from gateway.clock import Clock
from gateway.errors import Header
from gateway.signing.aws import Fixed, Source, find
from gateway.signing.google import GoogleTokens
from gateway.signing.refreshing import CredentialsUnavailable
from gateway.signing.sigv4 import Credentials, Signer, Unsigned
from gateway.upstream import Origin

_JSON = b"\r\ncontent-type: application/json\r\n"
_AMAZON = b"\r\nx-amz-"


class Proof(Protocol):
    """Proves requests to one vendor."""

    covers_body: bool  # whether it must know all of a body before the first byte of it goes

    async def lines(self, head: bytes, body: bytes) -> bytes:
        """The header lines to send beside those of the head. Raise CredentialsUnavailable."""


class Proofs:
    """One proof for each account, kept over configurations so that a reload asks for no new token."""

    def __init__(self, environ: Mapping[str, str], home: Path, clock: Clock) -> None:
        self._environ = environ
        self._home = home
        self._clock = clock
        self._known: dict[tuple[object, ...], Proof] = {}

    def get(self, vendor: Vendor) -> Proof | None:
        """None where the vendor has a key, or needs no proof. ValueError on credentials nobody can read."""
        if vendor.kind.auth == "key" or vendor.api_key is not None:
            return None
        values = tuple((name, secret.value) for name, secret in vendor.credentials.items())
        account = (vendor.kind.auth, vendor.base_url, vendor.region, *values)
        proof = self._known.get(account)
        if proof is None:
            made = self._google(vendor) if vendor.kind.auth == "google" else self._aws(vendor)
            proof = self._known[account] = made
        return proof

    def _aws(self, vendor: Vendor) -> Proof:
        written = {name: secret.value for name, secret in vendor.credentials.items()}
        source: Source | None
        if "access_key_id" in written:
            keys = Credentials(
                written["access_key_id"], written["secret_access_key"], written.get("session_token")
            )
            source = Fixed(keys)
        else:
            source = find(self._environ, self._home, self._clock.monotonic, written.get("profile"))
        return SignedByAws(vendor, source, self._clock.unix_seconds)

    def _google(self, vendor: Vendor) -> Proof:
        account = vendor.credentials.get("service_account")
        if account is None:
            return Missing(
                f"{vendor.name} has no credentials: set credentials.service_account to the JSON of a key, "
                f"such as file:/run/secrets/account.json, or an api_key"
            )
        try:
            known = json.loads(account.value)
        except ValueError:
            known = None
        if not isinstance(known, dict):
            raise ValueError(f"vendors.{vendor.name}.credentials.service_account is not a JSON object")
        return GoogleProof(GoogleTokens(known, self._clock.unix_seconds))


class SignedByAws:
    """Signature Version 4 over each request."""

    covers_body = True

    def __init__(self, vendor: Vendor, source: Source | None, unix_seconds: Callable[[], float]) -> None:
        self._source = source
        self._unix_seconds = unix_seconds
        self._signer = Signer(vendor.region or "us-east-1")
        self._name = vendor.name
        host = Origin.of(vendor.base_url).authority.encode()
        self._host = (b"host", host)
        self._headers = (self._host, (b"content-type", b"application/json"))

    async def lines(self, head: bytes, body: bytes) -> bytes:
        if self._source is None:
            raise CredentialsUnavailable(
                f"{self._name} has no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                f"a profile under credentials, or an api_key"
            )
        credentials = await self._source.credentials()
        method, path, _ = head.split(b" ", 2)
        at = datetime.fromtimestamp(self._unix_seconds(), UTC)
        headers: tuple[Header, ...] = self._headers
        if _JSON not in head or _AMAZON in head:  # a relayed one, whose headers are its caller's
            headers = (self._host, *_told_in(head))
        signed = self._signer.sign(Unsigned(method, path, headers, body), credentials, at)
        return b"".join([b"%b: %b\r\n" % header for header in signed])


def _told_in(head: bytes) -> Iterator[Header]:
    """The headers of a head that are signed, but for the host."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        name = name.lower()
        if name == b"content-type" or name.startswith(b"x-amz-"):
            yield name, value.strip()


class GoogleProof:
    """A service account's access token."""

    covers_body = False

    def __init__(self, tokens: GoogleTokens) -> None:
        self._tokens = tokens

    async def lines(self, head: bytes, body: bytes) -> bytes:
        return b"".join([b"%b: %b\r\n" % header for header in await self._tokens.headers()])


class Missing:
    """Says at each call what the configuration lacks: other vendors go on meanwhile."""

    covers_body = False

    def __init__(self, message: str) -> None:
        self._message = message

    async def lines(self, head: bytes, body: bytes) -> bytes:
        raise CredentialsUnavailable(self._message)
