"""Shares what semantic thresholds learn between processes, through their store."""

import asyncio
import secrets

import msgspec

from caching.semantic.acceptance import Label
from caching.semantic.features import SIZE
from caching.semantic.pool import Count, Pool, pooled
from caching.store import Store
from dialects.errors import UNREADABLE

_EVERY_SECONDS = 5.0
_OWN = 8  # bytes of a process's id, by which it recognises its own notes
_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Label).decode
_COUNT = msgspec.msgpack.Decoder(Count).decode
_TOPIC = msgspec.json.Encoder().encode

Place = tuple[str, str]  # team and model


class Hearsay:
    """Only labels and counts are shared: figures, and no text. No method raises."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._me = secrets.token_bytes(_OWN)
        self._marks: dict[Place, bytes] = {}
        self._asked: dict[Place, float] = {}

    def is_due(self, place: Place) -> bool:
        """Whether it is time to read the others' notes; if True, the caller must do so."""
        now, before = asyncio.get_running_loop().time(), self._asked.get(place)
        if before is not None and now - before < _EVERY_SECONDS:
            return False
        self._asked[place] = now
        return True

    async def tell(self, place: Place, label: Label, count: Count) -> None:
        """Publish a label. The count goes first: the bound requires that no process learns of a check before
        it is counted.
        """
        if await self.count(place, count):
            await self._store.note(_TOPIC(place), self._me + _ENCODE(label))

    async def count(self, place: Place, count: Count) -> bool:
        """Publish this process's count; returns whether that succeeded."""
        return await self._store.stand(_TOPIC(place), self._me, _ENCODE(count))

    async def pool(self, place: Place) -> Pool | None:
        """The bound over all processes' counts; None if unknown."""
        try:
            counts = [(number, _COUNT(what)) for number, what in await self._store.stands(_TOPIC(place))]
        except UNREADABLE:
            return None  # a process of another version
        return pooled(counts) if counts else None

    async def news(self, place: Place, *, knows: bool) -> list[Label]:
        """The others' labels since the last time. The first time, all that are stored, but none if this
        process `knows` any already: some may be its own, from before a restart.
        """
        before = self._marks.get(place)
        found = await self._store.notes(_TOPIC(place), before or b"")
        if found is None:
            return []  # the next time is still the first
        self._marks[place] = found[-1][0] if found else before or b""
        if before is None and knows:
            return []
        return [label for _, item in found if (label := self._label(item)) is not None]

    def _label(self, item: bytes) -> Label | None:
        if item[:_OWN] == self._me:
            return None
        try:
            label = _DECODE(item[_OWN:])
        except UNREADABLE:
            return None
        return label if len(label.figures) == SIZE else None  # else from another version
