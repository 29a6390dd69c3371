"""Counts tokens as the simulator does: four bytes of UTF-8 are one token."""

from collections.abc import Iterator

BYTES = 4
REQUEST = 3  # tokens of every chat request in addition to its text
MESSAGE = 4  # tokens of every message in addition to its text
PART = 85  # tokens of an image, audio or file, whatever its size


def of_bytes(size: int) -> int:
    """The tokens of a text of that many bytes."""
    return -(-size // BYTES)


def count(text: str) -> int:
    """The tokens of a text."""
    return of_bytes(len(text) if text.isascii() else len(text.encode()))


def pieces(text: str, tokens: int = 1) -> Iterator[str]:
    """Cut a text into pieces that add up to it.

    All but the last are `tokens` tokens: the first n pieces together always count n * tokens, so that
    what a caller received can be counted from its bytes alone.
    """
    step = tokens * BYTES
    if text.isascii():
        for start in range(0, len(text), step):
            yield text[start : start + step]
        return
    data = text.encode()
    start = 0
    for goal in range(step, len(data) + step, step):
        end = _boundary(data, goal)
        yield data[start:end].decode()
        start = end


def first(text: str, tokens: int) -> str:
    """The beginning of a text with that many tokens, or the whole text if it is shorter."""
    if text.isascii():
        return text[: tokens * BYTES]
    data = text.encode()
    return data[: _boundary(data, tokens * BYTES)].decode()


def _boundary(data: bytes, at: int) -> int:
    """The last position at or before `at` that is not inside a character."""
    if at >= len(data):
        return len(data)
    while data[at] & 0xC0 == 0x80:
        at -= 1
    return at
