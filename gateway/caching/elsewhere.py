"""The store on the request path: what other processes have answered, or are answering."""

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
_FIRST_LOOK_SECONDS = 0.01  # the first polling interval, which then grows
_SLOWEST_LOOK_SECONDS = 0.2
_AGAIN_SECONDS = 1.0  # between attempts to purge an unavailable store
_RENEW_SECONDS = LEASE_MS / 3000


class Elsewhere:
    """Reads, leases, writes and purges. A failing store counts as empty: no call fails because of it."""

    def __init__(self, store: Store, replays: Replays, unix_seconds: Callable[[], float]) -> None:
        self._store = store
        self._replays = replays
        self._clock = unix_seconds
        self._renewals: dict[str, asyncio.Task[None]] = {}  # by the call's id
        self._tasks: set[asyncio.Task[None]] = set()
        self._purges: set[asyncio.Task[None]] = set()  # the tasks that delete
        self._doomed: list[Forgotten] = []  # purges not completed yet: matching answers are not served

    async def look(self, sought: Sought) -> Kept | None:
        """The answer, if it is stored and fresh."""
        kept = await self.get(sought.fingerprint)
        return kept if kept and kept.fresh_until > self._clock() else None

    async def get(self, fingerprint: bytes) -> Found:
        """The answer under a fingerprint; False: no such answer; None: the store is unavailable."""
        found = await self._store.get(fingerprint)
        return False if found and self._is_doomed(fingerprint, found) else found

    def _is_doomed(self, fingerprint: bytes, kept: Kept) -> bool:
        return any(doomed(fingerprint, kept) for doomed in self._doomed)

    async def find(self, sought: Sought) -> Kept | None:
        """The answer if it is stored, or once another process has stored it; None: this call has to be made.

        Of equal calls in all processes one gets the lease; if its process dies, another gets it.
        """
        call_id, pause = sought.cleared.call.id, _FIRST_LOOK_SECONDS
        while True:
            try:
                found = await self._store.ask(sought.fingerprint, call_id, self._clock())
            except asyncio.CancelledError:  # it may have got the lease without learning of it
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
        """Store the call's answer, and release its lease. None: it cannot be shared. `asked`: its text."""
        held = self._stop_renewing(sought)
        self._start(self._put(sought, kept, asked, held=held))

    def add(self, sought: Sought, asked: Asked, still: Callable[[], bool]) -> None:
        """Add the text to an answer already stored, if `still` returns True then."""
        self._start(self._add(sought, asked, still))

    async def _add(self, sought: Sought, asked: Asked, still: Callable[[], bool]) -> None:
        kept = await self._store.get(sought.fingerprint)
        if kept and kept.asked is None and still():
            await self._put(sought, kept, asked, held=False)

    def give_up(self, sought: Sought) -> None:
        """Release the lease without an answer: another call may try."""
        if self._stop_renewing(sought):
            self._start(self._store.give_back(sought.fingerprint, sought.cleared.call.id))

    def forget(self, fingerprint: bytes) -> None:
        """Delete one answer in the background, retrying until the store has done it."""
        self._to_purge(_surely(lambda: self._store.drop(fingerprint)))

    def purge(self, doomed: Doomed, done: Forgetting) -> None:
        """Delete all answers that match, in the background, retrying until the store has done it.

        Then `done` gets the same predicate: memory may have been filled from the store again meanwhile.
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
        """Execute the purges given while no process was running, in the background.

        `done` gets their predicate afterwards. Answers stored after an order are kept.
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
            with suppress(StoreError):  # the database or the store is unavailable
                if (number := await self._store.obeyed()) is not None:
                    return await since(number)
            await asyncio.sleep(_AGAIN_SECONDS)

    def _to_purge(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._start(work)
        self._purges.add(task)
        task.add_done_callback(self._purges.discard)

    async def close(self) -> None:
        """Wait for pending writes to the store; each command has a short deadline."""
        for task in (*self._renewals.values(), *self._purges):  # the next start completes these purges
            task.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _put(self, sought: Sought, kept: Kept | None, asked: Asked | None, *, held: bool) -> None:
        # Judged here in the background, and not by each call that gets it.
        said = None if kept is None else self._replays.say(sought, kept)
        judged = None if said is None else msgspec.structs.replace(said[1], asked=asked)
        if judged is not None or held:  # else no call waits, and an older entry may still be good
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
    """Repeat the work until it succeeds."""
    while True:
        if await work():
            return
        await asyncio.sleep(_AGAIN_SECONDS)
