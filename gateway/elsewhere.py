"""What other processes have answered or are answering: asked before a vendor is, and told afterwards."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from caching.kept import Kept
from caching.purging import Doomed
from caching.remote import LEASE_MS
from caching.store import Store
from gateway.replays import Replays
from gateway.sought import Sought

_FIRST_LOOK_SECONDS = 0.01  # after which it is looked for again, then ever more seldom
_SLOWEST_LOOK_SECONDS = 0.2
_RENEW_SECONDS = LEASE_MS / 3000


class Elsewhere:
    """A store that fails is one that holds nothing: no call fails or waits for it."""

    def __init__(self, store: Store, replays: Replays, unix_seconds: Callable[[], float]) -> None:
        self._store = store
        self._replays = replays
        self._clock = unix_seconds
        self._renewals: dict[str, asyncio.Task[None]] = {}  # by the call's id
        self._tasks: set[asyncio.Task[None]] = set()

    async def look(self, sought: Sought) -> Kept | None:
        """The answer, if it is kept."""
        kept = await self._store.get(sought.fingerprint)
        return kept if kept is not None and kept.fresh_until > self._clock() else None

    async def get(self, fingerprint: bytes) -> Kept | None:
        """The answer that is kept under a fingerprint."""
        return await self._store.get(fingerprint)

    async def find(self, sought: Sought) -> Kept | None:
        """The answer, if it is kept or somebody is getting it; None: it is this call's turn to ask.

        Of equal calls in all processes one has the turn; when it dies, another gets it.
        """
        call_id, pause = sought.cleared.call.id, _FIRST_LOOK_SECONDS
        while True:
            found = await self._store.ask(sought.fingerprint, call_id, self._clock())
            if isinstance(found, Kept):
                return found
            if found:
                self._renewals[call_id] = self._start(self._renew(sought.fingerprint, call_id))
                return None
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _SLOWEST_LOOK_SECONDS)

    def tell(self, sought: Sought, kept: Kept | None) -> None:
        """The call has its answer; None: one that cannot be shared."""
        self._stop_renewing(sought)
        self._start(self._put(sought, kept))

    def give_up(self, sought: Sought) -> None:
        """The call has none: another may try."""
        if self._stop_renewing(sought):
            self._start(self._store.give_back(sought.fingerprint, sought.cleared.call.id))

    def forget(self, fingerprint: bytes) -> None:
        """The answer turned out to be none that may be given."""
        self._start(self._store.drop(fingerprint))

    def purge(self, doomed: Doomed) -> None:
        """Forget all of which this is true."""
        self._start(self._purge(doomed))

    async def _purge(self, doomed: Doomed) -> None:
        await self._store.purge(doomed)

    async def close(self) -> None:
        """Wait for what is still on its way to the store, but not for long: each command has its deadline."""
        for task in self._renewals.values():
            task.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _put(self, sought: Sought, kept: Kept | None) -> None:
        # It is looked through here, where nobody waits, and not by each who gets it.
        said = None if kept is None else self._replays.say(sought, kept)
        judged = None if said is None else said[1]
        await self._store.put(sought.fingerprint, sought.cleared.call.id, judged, self._clock())

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
