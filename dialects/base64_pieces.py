"""Base64 that arrives in pieces: one text that was cut, or each piece encoded by itself."""

from base64 import b64decode, b64encode
from binascii import Error

_GROUP = 4  # letters, which hold three bytes


def more(before: str, piece: str) -> str:
    """What both hold. What ends in padding was encoded by itself, and nothing can follow it as text."""
    if not before.endswith("="):
        return before + piece
    kept, last = before[:-_GROUP], before[-_GROUP:]
    try:
        return kept + b64encode(b64decode(last, validate=True) + b64decode(piece, validate=True)).decode()
    except (Error, ValueError):
        return before + piece
