"""Where a request can carry marks for a vendor's prompt cache, in every format."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

import msgspec

Raws = list[msgspec.Raw]
MOST = 4  # marks that Anthropic takes; Bedrock too, for its models
_DIGEST = 16
_ENCODE = msgspec.json.Encoder().encode


class Prefix(NamedTuple):
    """All of a request up to one place, in the order in which the vendor reads it."""

    digest: bytes
    size: int  # bytes


class Prefixed(NamedTuple):
    """The places of one request; None: it has no such part."""

    tools: Prefix | None
    system: Prefix | None
    messages: tuple[Prefix, ...]  # after each of them


class Breakpoints(Protocol):
    """What one format has for it. Bytes that no mark is put into stay as they are."""

    def marked(self, body: bytes) -> bool:
        """Whether the caller has said for itself what is to be kept; for certain, where it has not."""

    def prefixes(self, body: bytes) -> Prefixed | None:
        """None where they cannot be told."""

    def mark(self, body: bytes, tools: bool, system: bool, messages: Sequence[int]) -> bytes:
        """The request with these places marked, where that is possible."""


def says(body: bytes, name: bytes) -> bool:
    """Whether a member of this name may be anywhere in the request, also where it is written with escapes."""
    if name in body:
        return True
    if b"\\u" not in body:
        return False
    try:
        return name in _ENCODE(msgspec.json.decode(body))
    except (ValueError, RecursionError):
        return True


class Chain:
    """Digests of longer and longer beginnings."""

    def __init__(self, *first: bytes) -> None:
        self._digest = blake2b(b"\0".join(first), digest_size=_DIGEST)
        self._size = 0

    def add(self, piece: bytes) -> Prefix:
        """The beginning with this piece."""
        self._digest.update(len(piece).to_bytes(8, "big"))
        self._digest.update(piece)
        self._size += len(piece)
        return Prefix(self._digest.digest(), self._size)


def members(raw: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    """An object's members as they are written. Raises msgspec.DecodeError."""
    return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])


def listed(raw: msgspec.Raw | None) -> Raws:
    """An array's items as they are written. Raises msgspec.DecodeError."""
    return [] if raw is None else msgspec.json.decode(raw, type=Raws)


def written(value: Any) -> msgspec.Raw:
    return msgspec.Raw(_ENCODE(value))
