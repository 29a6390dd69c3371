"""The positions for prompt-cache marks ("breakpoints") in a request, in every format."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

import msgspec

Raws = list[msgspec.Raw]
MOST = 4  # marks that Anthropic accepts; Bedrock too, for its models
_DIGEST = 16
_ENCODE = msgspec.json.Encoder().encode


class Prefix(NamedTuple):
    """Everything in a request up to one position, in the order in which the vendor reads it."""

    digest: bytes
    size: int  # bytes


class Prefixed(NamedTuple):
    """The positions in one request; None: it has no such part."""

    tools: Prefix | None
    system: Prefix | None
    messages: tuple[Prefix, ...]  # after each of them


class Breakpoints(Protocol):
    """One format's cache marks. Bytes that get no mark stay unchanged."""

    def marked(self, body: bytes) -> bool:
        """Whether the caller may have set marks itself; False is certain."""

    def prefixes(self, body: bytes) -> Prefixed | None:
        """None if they cannot be determined."""

    def mark(self, body: bytes, tools: bool, system: bool, messages: Sequence[int]) -> bytes:
        """The request with these positions marked, as far as possible."""


def says(body: bytes, name: bytes) -> bool:
    """Whether the request may contain a member of this name anywhere, escaped spellings included."""
    if name in body:
        return True
    if b"\\u" not in body:
        return False
    try:
        return name in _ENCODE(msgspec.json.decode(body))
    except (ValueError, RecursionError):
        return True


class Chain:
    """Digests of successively longer prefixes."""

    def __init__(self, *first: bytes) -> None:
        self._digest = blake2b(b"\0".join(first), digest_size=_DIGEST)
        self._size = 0

    def add(self, piece: bytes) -> Prefix:
        """Extends the prefix by this piece and returns it."""
        self._digest.update(len(piece).to_bytes(8, "big"))
        self._digest.update(piece)
        self._size += len(piece)
        return Prefix(self._digest.digest(), self._size)


def members(raw: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    """An object's members as raw JSON. Raises msgspec.DecodeError."""
    return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])


def listed(raw: msgspec.Raw | None) -> Raws:
    """An array's items as raw JSON. Raises msgspec.DecodeError."""
    return [] if raw is None else msgspec.json.decode(raw, type=Raws)


def written(value: Any) -> msgspec.Raw:
    return msgspec.Raw(_ENCODE(value))
