"""Who may use the admin API: the holder of an admin key, or of the configured `admin_key`."""

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
    """`configured` gives the admin key of the settings now in force, so that a reload changes it."""

    def __init__(self, ring: KeyRing, configured: Callable[[], Secret | None]) -> None:
        self._ring = ring
        self._configured = configured

    async def admit(self, authorization: bytes) -> Principal:
        """The principal behind an Authorization header.

        Raises `AdminError` 403 for a key without the role, `UnknownKey`, `StoreDown`.
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
    """The credential of an Authorization header; empty when it is of another scheme."""
    scheme, _, credential = authorization.partition(b" ")
    return credential.strip() if scheme.lower() == b"bearer" else b""


def alike(credential: bytes, secret: Secret) -> bool:
    """Whether they are the same; how long it takes tells nothing of the secret."""
    # Digests have one length, so the comparison tells nothing about the secret's.
    return hmac.compare_digest(_digest(credential), _digest(secret.value.encode()))


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()
