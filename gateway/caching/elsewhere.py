"""What other processes have answered or are answering: checked before a vendor is called."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import msgspec

from caching.kept import Asked, Kept, topic_of
from caching.purging import Doomed, doomed_by
from caching.remote import LEASE_MS
from caching.store import Found, Store
from gateway.caching.replays import Replays
from gateway.caching.sought import Sought
from ledger.changes import Orders
from storage.errors import StoreError

Since = Callable[[int], Awaitable[Orders]]
Forgotten = Callable[[bytes, Kept], bool]
Forgetting = Callable[[Forgotten], None]
_FIRST_LOOK_SECONDS = 0.01  # after which it is looked for again, then ever more seldom
_SLOWEST_LOOK_SECONDS = 0.2
_AGAIN_SECONDS = 1.0  # until a store that was away is told again what to forget
_RENEW_SECONDS = LEASE_MS / 3000


class Elsewhere:
    """A store that fails is one that holds nothing: no call fails or waits for it."""

    def __init__(self, store: Store, replays: Replays, unix_seconds: Callable[[], float]) -> None:
        self._store = store
        self._replays = replays
        self._clock = unix_seconds
        self._renewals: dict[str, asyncio.Task[None]] = {}  # by the call's id
        self._tasks: set[asyncio.Task[None]] = set()
        self._purges: set[asyncio.Task[None]] = set()  # of them those that forget
        self._doomed: list[Forgotten] = []  # what the store is still told to forget, and may be read there

    async def look(self, sought: Sought) -> Kept | None:
        """The answer, if it is kept."""
        kept = await self.get(sought.fingerprint)
        return kept if kept and kept.fresh_until > self._clock() else None

    async def get(self, fingerprint: bytes) -> Found:
        """The answer that is kept under a fingerprint; False: there is none; None: that cannot be told."""
        found = await self._store.get(fingerprint)
        return False if found and self._is_doomed(fingerprint, found) else found

    def _is_doomed(self, fingerprint: bytes, kept: Kept) -> bool:
        return any(doomed(fingerprint, kept) for doomed in self._doomed)

    async def find(self, sought: Sought) -> Kept | None:
        """The answer, if it is kept or somebody is getting it; None: it is this call's turn to ask.

        Of equal calls in all processes one has the turn; when it dies, another gets it.
        """
        call_id, pause = sought.cleared.call.id, _FIRST_LOOK_SECONDS
        while True:
            try:
                found = await self._store.ask(sought.fingerprint, call_id, self._clock())
            except asyncio.CancelledError:  # it may have the turn, and will never hear of that
                self._start(self._store.give_back(sought.fingerprint, call_id))
                raise
            if isinstance(found, Kept):
                return None if self._is_doomed(sought.fingerprint, found) else found
            if found:
                self._renewals[call_id] = self._start(self._renew(sought.fingerprint, call_id))
                return None
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _SLOWEST_LOOK_SECONDS)

    def tell(self, sought: Sought, kept: Kept | None, asked: Asked | None = None) -> None:
        """The call has its answer; None: one that cannot be shared. `asked`: by which others may find it."""
        held = self._stop_renewing(sought)
        self._start(self._put(sought, kept, asked, held=held))

    def add(self, sought: Sought, asked: Asked, still: Callable[[], bool]) -> None:
        """Keep the text with its answer that is there, if that is `still` wanted then."""
        self._start(self._add(sought, asked, still))

    async def _add(self, sought: Sought, asked: Asked, still: Callable[[], bool]) -> None:
        kept = await self._store.get(sought.fingerprint)
        if kept and kept.asked is None and still():
            await self._put(sought, kept, asked, held=False)

    def give_up(self, sought: Sought) -> None:
        """The call has none: another may try."""
        if self._stop_renewing(sought):
            self._start(self._store.give_back(sought.fingerprint, sought.cleared.call.id))

    def forget(self, fingerprint: bytes) -> None:
        """The answer turned out to be none that may be given. A store that is away is told again."""
        self._to_purge(_surely(lambda: self._store.drop(fingerprint)))

    def purge(self, doomed: Doomed, done: Forgetting) -> None:
        """Forget all of which this is true. A store that is away is tried again until it has done so.

        `done` is told the same then: until then it could still be read there, by who was not told.
        """
        self._doomed.append(doomed)
        self._to_purge(self._purge(doomed, done))

    async def _purge(self, doomed: Forgotten, done: Forgetting) -> None:
        async def purged() -> bool:
            return await self._store.purge(doomed) is not None

        await _surely(purged)
        self._doomed.remove(doomed)
        done(doomed)

    def catch_up(self, since: Since, done: Forgetting) -> None:
        """Follow the orders to forget that were given while nobody was there to hear them.

        `done` is told what they mean when it is forgotten here. What was kept after an order stays.
        """
        self._to_purge(self._catch_up(since, done))

    async def _catch_up(self, since: Since, done: Forgetting) -> None:
        orders = await self._missed(since)
        if orders.at:
            doomed = doomed_by(orders.at)
            self._doomed.append(doomed)
            await self._purge(doomed, done)
        await self._store.obey(orders.last)

    async def _missed(self, since: Since) -> Orders:
        while True:
            with suppress(StoreError):  # while the database or the store is away
                if (number := await self._store.obeyed()) is not None:
                    return await since(number)
            await asyncio.sleep(_AGAIN_SECONDS)

    def _to_purge(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._start(work)
        self._purges.add(task)
        task.add_done_callback(self._purges.discard)

    async def close(self) -> None:
        """Wait for what is still on its way to the store, but not for long: each command has its deadline."""
        for task in (*self._renewals.values(), *self._purges):  # what is left of these the next start does
            task.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _put(self, sought: Sought, kept: Kept | None, asked: Asked | None, *, held: bool) -> None:
        # It is looked through here, where nobody waits, and not by each who gets it.
        said = None if kept is None else self._replays.say(sought, kept)
        judged = None if said is None else msgspec.structs.replace(said[1], asked=asked)
        if judged is not None or held:  # else nobody waits for it, and what is kept may still be good
            await self._store.put(sought.fingerprint, sought.cleared.call.id, judged, self._clock())
        if judged is not None and asked is not None and (semantic := sought.policy.semantic) is not None:
            topic = topic_of(judged.organisation, judged.model)
            await self._store.note(topic, sought.fingerprint, semantic.entries)

    async def _renew(self, fingerprint: bytes, holder: str) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            await self._store.renew(fingerprint, holder)

    def _stop_renewing(self, sought: Sought) -> bool:
        task = self._renewals.pop(sought.cleared.call.id, None)
        if task is not None:
            task.cancel()
        return task is not None

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _surely(work: Callable[[], Awaitable[bool]]) -> None:
    """Until a store has done it: one that is away is told again."""
    while True:
        if await work():
            return
        await asyncio.sleep(_AGAIN_SECONDS)
