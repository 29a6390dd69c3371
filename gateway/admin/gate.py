"""Authenticates callers of the admin API, by a key with the admin role or the configured `admin_key`."""

import hashlib
import hmac
from collections.abc import Callable

from config.catalog import Secret
from gateway.admin.errors import AdminError
from ledger.keyring import KeyRing
from ledger.principal import Principal

OPERATOR = Principal(
    key_id="settings", key_name="settings.admin_key", role="admin", user="", team="", organisation=""
)


class AdminGate:
    """`configured` returns the admin key of the current settings, so that a reload can change it."""

    def __init__(self, ring: KeyRing, configured: Callable[[], Secret | None]) -> None:
        self._ring = ring
        self._configured = configured

    async def admit(self, authorization: bytes) -> Principal:
        """The principal behind an Authorization header.

        Raises `AdminError` 403 for a key without the admin role, `UnknownKey`, `StoreDown`.
        """
        credential = bearer(authorization)
        secret = self._configured()
        if secret is not None and alike(credential, secret):
            return OPERATOR
        principal = await self._ring.identify(credential)
        if principal.role != "admin":
            raise AdminError(
                403,
                f"Key {principal.key_id} has the role {principal.role!r}; the administrative API needs a key "
                "with 'admin', which `signalbox keys create --admin` makes.",
                "admin_key_required",
            )
        return principal


def bearer(authorization: bytes) -> bytes:
    """The credential of an Authorization header; empty if the scheme is not Bearer."""
    scheme, _, credential = authorization.partition(b" ")
    return credential.strip() if scheme.lower() == b"bearer" else b""


def alike(credential: bytes, secret: Secret) -> bool:
    """Whether they are equal, compared in constant time."""
    # Digests all have one length, so the time does not reveal the secret's length.
    return hmac.compare_digest(_digest(credential), _digest(secret.value.encode()))


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()
