"""Semantic lookups, most of them in the background while the call is answered."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from caching.semantic.shelves import Entry, Shelves
from gateway.caching.inquiry import Inquiry
from gateway.embedders.embedder import Array

_MOST = 32  # looks; who asks faster than texts are looked for waits for them


class Looks:
    """What is under way, and which of it is of texts that were answered already."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()
        self._answered: dict[asyncio.Task[None], Inquiry] = {}

    @property
    def full(self) -> bool:
        """Whether the next one has to be waited for."""
        return len(self._under_way) >= _MOST

    def start(self, inquiry: Inquiry, look: Coroutine[Any, Any, None]) -> None:
        """Look for this call's text while the call is answered."""
        task = inquiry.looking = asyncio.get_running_loop().create_task(look)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def after(self, inquiry: Inquiry, work: Callable[[], None]) -> None:
        """Do this, with which the call's answer is kept, when its text was looked for: mostly at once."""
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
        """Those after which an answered text will lie where it may be found: one with these words of content,
        or any (None).
        """
        return [
            look
            for look, each in self._answered.items()
            if each.subject.scope == scope and content in (None, each.subject.traits.content)
        ]

    async def close(self) -> None:
        """Wait for all of them."""
        while self._under_way:
            await asyncio.wait(self._under_way)


class Look(msgspec.Struct):
    """A search for what is near, in whichever thread the vector is at hand."""

    shelves: Shelves
    scope: bytes
    places: Array | None = None  # found, and not yet taken

    def __call__(self, vector: Array) -> None:
        self.places = self.shelves.search(self.scope, vector)

    def settle(self, vector: Array) -> list[tuple[Entry, float]]:
        """What was found; after this it can be looked for again."""
        places, self.places = self.places, None
        assert places is not None
        return self.shelves.settle(self.scope, vector, -1.0, places)
