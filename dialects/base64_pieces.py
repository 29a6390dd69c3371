"""Base64 that arrives in pieces: one string that was cut, or pieces that were encoded separately."""

from base64 import b64decode, b64encode
from binascii import Error

_GROUP = 4  # characters, which encode three bytes


def more(before: str, piece: str) -> str:
    """Both joined. A piece that ends in padding was encoded separately, so the bytes are joined instead."""
    if not before.endswith("="):
        return before + piece
    kept, last = before[:-_GROUP], before[-_GROUP:]
    try:
        return kept + b64encode(b64decode(last, validate=True) + b64decode(piece, validate=True)).decode()
    except (Error, ValueError):
        return before + piece
