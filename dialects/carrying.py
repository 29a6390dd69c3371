"""Thinking signatures carried in tool-call ids, for callers with no other place for them.

A vendor requires the signature back with the call, and callers return a call's id unchanged.
"""

import base64
import binascii

# Base64 of UTF-8 cannot contain it, at any offset: it would decode to a byte that never occurs in UTF-8.
MARKER = "__sb__"


def pack(id: str, signature: str) -> str:
    """One id that contains both; of the characters A-Z a-z 0-9 _ - if `id` is."""
    carried = base64.urlsafe_b64encode(signature.encode()).rstrip(b"=").decode()
    return f"{id}{MARKER}{carried}"


def unpack(id: str) -> tuple[str, str | None]:
    """The arguments of `pack`; an id without a signature is returned unchanged."""
    inner, marker, carried = id.rpartition(MARKER)
    if not marker:
        return id, None
    try:
        signature = base64.urlsafe_b64decode(carried + "=" * (-len(carried) % 4)).decode()
    except (binascii.Error, ValueError):
        return id, None
    # Decoders skip characters outside base64: an id that only looks like ours must stay unchanged.
    return (inner, signature) if pack(inner, signature) == id else (id, None)
