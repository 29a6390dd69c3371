"""Thinking signatures carried in tool-call ids, for callers with no other place for them.

A vendor wants the signature back with the call, and its callers return the id of a call as they got it.
"""

import base64
import binascii

# No base64 of UTF-8 holds it, wherever it would begin: it would stand for a byte that UTF-8 has not.
MARKER = "__sb__"


def pack(id: str, signature: str) -> str:
    """One id that says both; of the characters A-Z a-z 0-9 _ - where `id` is."""
    carried = base64.urlsafe_b64encode(signature.encode()).rstrip(b"=").decode()
    return f"{id}{MARKER}{carried}"


def unpack(id: str) -> tuple[str, str | None]:
    """What `pack` was given; an id that carries nothing comes back as it is."""
    inner, marker, carried = id.rpartition(MARKER)
    if not marker:
        return id, None
    try:
        signature = base64.urlsafe_b64decode(carried + "=" * (-len(carried) % 4)).decode()
    except (binascii.Error, ValueError):
        return id, None
    # Decoders skip what is no base64: an id that only looks like ours is nobody's to change.
    return (inner, signature) if pack(inner, signature) == id else (id, None)
