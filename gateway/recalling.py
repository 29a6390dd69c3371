"""Puts the cache on the road, between the guards: it sees only what was masked."""

from collections.abc import AsyncGenerator

from gateway.call import Cleared
from gateway.frames import Frame


class Recalling:
    """Answers from a store, and fills it. No store is configured yet: every call goes upstream."""

    async def recall(self, cleared: Cleared) -> AsyncGenerator[Frame] | None:
        """The remembered answer, or None."""
        return None

    def remember(self, cleared: Cleared, frames: AsyncGenerator[Frame]) -> AsyncGenerator[Frame]:
        """The same frames; a complete answer is kept on its way."""
        return frames
