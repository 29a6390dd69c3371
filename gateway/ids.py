"""Request ids: sortable by time, unguessable enough, cheap."""

from collections.abc import Callable


def request_id(unix_ms: int, random_bits: Callable[[int], int]) -> str:
    """`req_` and 24 hexadecimal digits: 11 of time, 13 of chance (52 bits a millisecond)."""
    return f"req_{unix_ms:011x}{random_bits(52):013x}"
