"""Signatures carried inside the ids of tool calls, for clients whose format would drop them."""

import base64
import binascii

_MARK = "__sb__"


def pack(id: str, signature: str) -> str:
    """An id that brings the signature back when the client names the call again."""
    return f"{id}{_MARK}{base64.urlsafe_b64encode(signature.encode()).rstrip(b'=').decode()}"


def unpack(id: str) -> tuple[str, str | None]:
    """The id as the vendor gave it, and the signature that it carried."""
    bare, mark, packed = id.rpartition(_MARK)
    if not mark:
        return id, None
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        return bare, raw.decode()
    except (binascii.Error, UnicodeDecodeError):
        return id, None
