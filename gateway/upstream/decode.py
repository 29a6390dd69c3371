"""Decodes content codings, with a bound against decompression bombs."""

import zlib
from typing import Protocol

# https://www.iana.org/assignments/http-parameters/http-parameters.xhtml#content-coding, with older names
_CODINGS = frozenset(
    [b"gzip", b"x-gzip", b"deflate", b"br", b"zstd", b"compress", b"x-compress", b"dcb", b"dcz"]
    + [b"aes128gcm", b"exi", b"pack200-gzip", b"lz4", b"snappy"]
)
_GZIP = 16 + zlib.MAX_WBITS
_MAX_MEMBERS = 64  # each copies everything after it: a body of tiny members would take quadratic time


class DecodingFailed(ValueError):
    """The bytes do not match content-encoding, or the coding is not supported."""


class DecodedTooLarge(ValueError):
    """The decoded body exceeds its bound."""


class Decoder(Protocol):
    """Takes a body in pieces of any size, then `finish`. Raises DecodingFailed or DecodedTooLarge."""

    def feed(self, data: bytes) -> bytes: ...
    def finish(self) -> None: ...


def coding_of(encoding: bytes) -> bytes:
    """The codings that a content-encoding names, in lower case; b"" if the body is not encoded.

    Names that are no codings, such as `none` and `utf-8`, are ignored, as in other clients.
    """
    names = [name.strip() for name in encoding.lower().split(b",")]
    return b", ".join(name for name in names if name in _CODINGS)


def decoder_for(encoding: bytes | None, limit: int) -> Decoder:
    """The decoder for a content-encoding; `limit` bounds its total output in bytes. Raises DecodingFailed."""
    coding = coding_of(encoding) if encoding else b""
    if not coding:
        return _Identity(limit)
    if coding in (b"gzip", b"x-gzip"):
        return _Inflate(_GZIP, limit)
    if coding == b"deflate":
        return _Deflate(limit)
    raise DecodingFailed(f"content-encoding {coding.decode()!r} is not one of identity, gzip, deflate")


class _Identity:
    def __init__(self, limit: int) -> None:
        self._left = limit

    def feed(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise DecodedTooLarge
        return data

    def finish(self) -> None:
        pass


class _Inflate:
    def __init__(self, wbits: int, limit: int) -> None:
        self._wbits = wbits
        self._left = limit
        self._inflate = zlib.decompressobj(wbits)
        self._begun = False
        self._members = 1

    def feed(self, data: bytes) -> bytes:
        parts: list[bytes] = []
        while data:
            if self._inflate.eof:  # a gzip body may consist of several members
                self._inflate = zlib.decompressobj(self._wbits)
                self._members += 1
                if self._members == _MAX_MEMBERS:
                    raise DecodingFailed(f"the body has more than {_MAX_MEMBERS} gzip members")
            self._begun = True
            try:
                part = self._inflate.decompress(data, self._left + 1)
            except zlib.error as error:
                raise DecodingFailed(f"the body is not what content-encoding says: {error}") from None
            self._left -= len(part)
            if self._left < 0:
                raise DecodedTooLarge
            parts.append(part)
            data = self._inflate.unused_data
        return b"".join(parts)

    def finish(self) -> None:
        if self._begun and not self._inflate.eof:
            raise DecodingFailed("the compressed body ends in the middle")


class _Deflate:
    """`deflate` means the zlib format; some servers send raw deflate, which the first byte shows."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._inner: _Inflate | None = None

    def feed(self, data: bytes) -> bytes:
        if not data:
            return b""
        if self._inner is None:
            wrapped = data[0] & 0x0F == zlib.DEFLATED
            self._inner = _Inflate(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, self._limit)
        return self._inner.feed(data)

    def finish(self) -> None:
        if self._inner is not None:
            self._inner.finish()
