"""Encrypts contents: each holder's key (a holder is an API key) is encrypted with one of the operator's.

Deleting a holder's key makes everything encrypted with it unreadable for ever, also in backups of the
contents alone. AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce in front of each text; the ciphertext
is bound to its place, so that no row can be passed off as another.
"""

import secrets
import zlib
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.retention import ContentKey

_NONCE = 12
_KEY = 32


class CannotOpen(Exception):
    """The key no longer exists, or the bytes were changed. The text is safe to show."""


class Lock:
    """A holder's decrypted key."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, place: str, text: bytes) -> bytes:
        """The text, compressed and encrypted for this place."""
        return _sealed(self._cipher, place, zlib.compress(text))

    def open(self, place: str, sealed: bytes) -> bytes:
        """The text that `seal` encrypted. Raises CannotOpen."""
        return zlib.decompress(_opened(self._cipher, place, sealed))


class Locksmith:
    """Makes and decrypts holders' keys with the operator's keys: the first encrypts, all decrypt."""

    def __init__(self, keys: Sequence[ContentKey]) -> None:
        self._ciphers: Mapping[str, AESGCM] = {key.id: AESGCM(key.value) for key in keys}
        self.current = keys[0].id if keys else ""

    def make(self, holder: str) -> bytes:
        """A new key for a holder, encrypted with the current one."""
        return self._lock(holder, secrets.token_bytes(_KEY))

    def open(self, holder: str, locked_by: str, sealed: bytes) -> Lock:
        """Decrypts a holder's key. Raises CannotOpen."""
        return Lock(self._unlocked(holder, locked_by, sealed))

    def again(self, holder: str, locked_by: str, sealed: bytes) -> bytes:
        """The same key, encrypted with the current one. Raises CannotOpen."""
        return self._lock(holder, self._unlocked(holder, locked_by, sealed))

    def _lock(self, holder: str, key: bytes) -> bytes:
        return _sealed(self._ciphers[self.current], f"key of {holder}", key)

    def _unlocked(self, holder: str, locked_by: str, sealed: bytes) -> bytes:
        cipher = self._ciphers.get(locked_by)
        if cipher is None:
            raise CannotOpen(f"The key '{locked_by}' is not among retention.keys any more.")
        return _opened(cipher, f"key of {holder}", sealed)


def _sealed(cipher: AESGCM, place: str, text: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, text, place.encode())


def _opened(cipher: AESGCM, place: str, sealed: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("What is kept cannot be opened: its key is another, or it was changed.") from error
