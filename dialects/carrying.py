"""What a client would drop, carried to and fro inside the ids of its tool calls."""

import base64
import binascii

_MARK = "__sb__"


def pack(id: str, signature: str | None) -> str:
    """The id with the signature in it, within [A-Za-z0-9_-] where the id is; the id alone without one."""
    if signature is None:
        return id
    carried = base64.urlsafe_b64encode(signature.encode()).decode().rstrip("=")
    return f"{id}{_MARK}{carried}"


def unpack(id: str) -> tuple[str, str | None]:
    """The id as it was before `pack`, with the signature; an id that carries none comes back whole."""
    plain, mark, carried = id.rpartition(_MARK)
    if not mark:
        return id, None
    try:
        return plain, base64.b64decode(carried + "=" * (-len(carried) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return id, None
