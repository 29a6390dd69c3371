"""Serialises answers for stores outside the process: compressed and encrypted as configured."""

import importlib
import secrets
import zlib
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec

from caching.kept import Kept
from dialects.errors import UNREADABLE

# The first byte; data with any other one counts as absent.
_PLAIN, _PACKED, _SEALED = b"0", b"1", b"2"
_WORTH = 512  # bytes below which an answer is not compressed
_LEVEL = 1
_NAME, _NONCE = 4, 12  # bytes of a key's id, and of a nonce
_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Kept).decode
_PURPOSE = b"signalbox answers at rest\0"


class Sealing:
    """Writes and reads answers. With keys, encrypts with the first, decrypts with all, reads no plaintext.

    AES-256-GCM with a random nonce and the fingerprint as associated data: an answer moved to another
    fingerprint cannot be read. A key is good for some four billion answers (NIST SP 800-38D, 8.3).
    """

    def __init__(self, keys: Sequence[str] = ()) -> None:
        """Raises ModuleNotFoundError if there are keys and the extra `encrypt` is not installed."""
        self._ciphers: dict[bytes, Any] = {}
        self._first = b""
        self._unfit: type[Exception] = ValueError  # what a cipher raises if authentication fails
        if keys:
            # Imported here: the library would cost 10 MB in every gateway that encrypts nothing.
            cipher = importlib.import_module("cryptography.hazmat.primitives.ciphers.aead").AESGCM
            self._unfit = importlib.import_module("cryptography.exceptions").InvalidTag
            for each in keys:
                key = sha256(_PURPOSE + each.encode()).digest()
                self._ciphers[sha256(key).digest()[:_NAME]] = cipher(key)
            self._first = next(iter(self._ciphers))

    def write(self, fingerprint: bytes, kept: Kept) -> bytes:
        """The answer serialised: compressed from 512 bytes on, encrypted if there are keys."""
        data = _ENCODE(kept)
        data = _PLAIN + data if len(data) < _WORTH else _PACKED + zlib.compress(data, _LEVEL)
        if not self._first:
            return data
        nonce = secrets.token_bytes(_NONCE)
        sealed: bytes = self._ciphers[self._first].encrypt(nonce, data, fingerprint)
        return _SEALED + self._first + nonce + sealed

    def read(self, fingerprint: bytes, data: bytes | None) -> Kept | None:
        """The answer; None if the data is absent, or from another version, another key or another program."""
        if data is None:
            return None
        if self._first:
            data = self._opened(fingerprint, data)
        form, rest = data[:1], data[1:]
        try:
            if form == _PACKED:
                rest = zlib.decompress(rest)
            return _DECODE(rest) if form in (_PLAIN, _PACKED) and form else None
        except (zlib.error, *UNREADABLE):
            return None

    def _opened(self, fingerprint: bytes, data: bytes) -> bytes:
        begin = 1 + _NAME
        cipher = self._ciphers.get(data[1:begin]) if data[:1] == _SEALED else None
        if cipher is None or len(data) < begin + _NONCE:
            return b""
        try:
            nonce, text = data[begin : begin + _NONCE], data[begin + _NONCE :]
            return bytes(cipher.decrypt(nonce, text, fingerprint))
        except self._unfit:
            return b""
