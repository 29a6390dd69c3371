"""Authenticates a vendor's requests with a Google service account's access token."""

import json

from config.catalog import Vendor
from gateway.signing.google import GoogleTokens
from gateway.signing.proofs import Means
from gateway.signing.refreshing import CredentialsUnavailable


def proof_of(vendor: Vendor, means: Means) -> "GoogleProof | Missing":
    """The proof of the configured account. Raises ValueError on a malformed one."""
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
    return GoogleProof(GoogleTokens(known, means.clock.unix_seconds))


class GoogleProof:
    """A Proof by a service account's access token."""

    covers_body = False

    def __init__(self, tokens: GoogleTokens) -> None:
        self._tokens = tokens

    async def lines(self, head: bytes, body: bytes) -> bytes:
        return b"".join([b"%b: %b\r\n" % header for header in await self._tokens.headers()])


class Missing:
    """Fails each call with what the configuration lacks, so that other vendors still work."""

    covers_body = False

    def __init__(self, message: str) -> None:
        self._message = message

    async def lines(self, head: bytes, body: bytes) -> bytes:
        raise CredentialsUnavailable(self._message)
