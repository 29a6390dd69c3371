"""Texts of other processes, or of this one before a restart, loaded from their store.

A text is stored with its answer and expires with it; notes between processes carry only the fingerprint.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor

from caching.kept import topic_of
from caching.semantic.packing import unpacked
from caching.semantic.rarity import Rarity
from caching.semantic.shelves import Shelves
from caching.store import MOST_NOTES, Store

# Per reply, which has a deadline of milliseconds: after a late one, all calls would skip the store.
_AT_A_TIME, _MOST_BYTES = 50, 500_000


class Neighbours:
    """Adds other processes' texts to the shelves. No method raises: an unavailable store has nothing new."""

    def __init__(self, store: Store, shelves: Shelves, rarity: Rarity, thread: Executor) -> None:
        """Texts are unpacked in `thread`."""
        self._store = store
        self._shelves = shelves
        self._rarity = rarity
        self._thread = thread
        self._marks: dict[bytes, bytes] = {}  # up to where each topic was read
        self._reading: set[bytes] = set()
        self._many = 1  # answers to request next, adapted to the size of the last ones

    async def meet(self, organisation: str, model: str) -> None:
        """Load the texts stored since the last time; the first time, all that are still stored."""
        topic = topic_of(organisation, model)
        if topic in self._reading:
            return
        self._reading.add(topic)
        marks = self._marks
        try:
            while notes := await self._store.notes(topic, marks.get(topic, b"")):
                taken = 0
                while some := notes[taken : taken + self._many]:
                    if not await self._take([fingerprint for _, fingerprint in some], marks):
                        return
                    marks[topic], taken = some[-1][0], taken + len(some)
                if taken < MOST_NOTES:
                    return
        finally:
            self._reading.discard(topic)

    def again(self) -> None:
        """Read the store from the beginning again: the shelves have dropped texts that it may still have."""
        self._marks = {}  # a new dict, by which a read under way notices

    async def _take(self, told: Sequence[bytes], marks: dict[bytes, bytes]) -> bool:
        """Load these answers' texts. False if the store is unavailable, or `again` was called meanwhile: the
        texts may have been purged.
        """
        new = [each for each in dict.fromkeys(told) if not self._shelves.holds(each)]
        answers = await self._store.get_all(new) if new else []
        if answers is None:
            self._many = max(1, self._many // 2)
            return False
        largest = max((each.size for each in answers if each is not None), default=_MOST_BYTES // _AT_A_TIME)
        self._many = min(_AT_A_TIME, 2 * self._many, max(1, _MOST_BYTES // largest))
        loop = asyncio.get_running_loop()
        texts = await loop.run_in_executor(self._thread, unpacked, new, answers)
        if marks is not self._marks:
            return False
        for scope, entry, vector in texts:
            self._shelves.put(scope, entry, vector)
            self._rarity.note(entry.traits.content)
        return True
