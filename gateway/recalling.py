"""Puts the cache on the road, between the guards: it sees only what was masked."""

from gateway.call import Cleared
from gateway.frames import Sink


class Recalling:
    """Answers from a store, and fills it. No store is configured yet: every call goes upstream."""

    async def recall(self, cleared: Cleared, sink: Sink) -> bool:
        """Give the sink the remembered answer; False when there is none."""
        return False

    def remember(self, cleared: Cleared, sink: Sink) -> Sink:
        """A sink that keeps a complete answer on its way."""
        return sink
