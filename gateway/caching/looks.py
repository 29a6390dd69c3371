"""Semantic lookups, most of them in the background while the call is answered."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from caching.semantic.shelves import Entry, Shelves
from gateway.caching.inquiry import Inquiry
from gateway.embedders.embedder import Array

_MOST = 32  # lookups in the background; beyond that, calls wait for theirs


class Looks:
    """The lookups under way, and those among them with a call that was answered already."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()
        self._answered: dict[asyncio.Task[None], Inquiry] = {}

    @property
    def full(self) -> bool:
        """Whether the next call has to wait for its lookup."""
        return len(self._under_way) >= _MOST

    def start(self, inquiry: Inquiry, look: Coroutine[Any, Any, None]) -> None:
        """Run this call's lookup while the call is answered."""
        task = inquiry.looking = asyncio.get_running_loop().create_task(look)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def after(self, inquiry: Inquiry, work: Callable[[], None]) -> None:
        """Run `work`, which indexes the answered text, once its lookup has ended: usually at once."""
        look = inquiry.looking
        if look is None or look.done():
            work()
            return
        self._answered[look] = inquiry

        def done(look: "asyncio.Task[None]") -> None:
            self._answered.pop(look, None)
            work()

        look.add_done_callback(done)

    def of(self, scope: bytes, content: tuple[str, ...] | None) -> "list[asyncio.Task[None]]":
        """The lookups of answered texts in this scope with these content words, or any (None): these texts
        can be found once the lookups have ended.
        """
        return [
            look
            for look, each in self._answered.items()
            if each.subject.scope == scope and content in (None, each.subject.traits.content)
        ]

    async def close(self) -> None:
        """Wait for all lookups."""
        while self._under_way:
            await asyncio.wait(self._under_way)


class Look(msgspec.Struct):
    """A search for near texts, which can be called in the thread that makes the vector."""

    shelves: Shelves
    scope: bytes
    places: Array | None = None  # found, but not yet settled

    def __call__(self, vector: Array) -> None:
        self.places = self.shelves.search(self.scope, vector)

    def settle(self, vector: Array) -> list[tuple[Entry, float]]:
        """The texts found with their cosines; after this the search can be repeated."""
        places, self.places = self.places, None
        assert places is not None
        return self.shelves.settle(self.scope, vector, -1.0, places)
