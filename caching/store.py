"""Was this answered before: the Protocol every answer store keeps, and the one that never remembers."""

from typing import Protocol


class AnswerStore(Protocol):
    """Whole answers under fingerprints of everything that shaped them."""

    async def get(self, fingerprint: bytes) -> bytes | None:
        """The answer, or None; a store that is slow or away answers None."""

    async def put(self, fingerprint: bytes, answer: bytes, seconds: float) -> None:
        """Keep an answer for so long; failing to is silent."""


class NoStore:
    """Remembers nothing: the default."""

    async def get(self, fingerprint: bytes) -> bytes | None:
        return None

    async def put(self, fingerprint: bytes, answer: bytes, seconds: float) -> None:
        return None
