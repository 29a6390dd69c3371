"""Resolves credentials to principals from memory, kept current by the log of changes."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from itertools import islice

from cachetools import TTLCache

from ledger.changes import Clock, changes_since, last_change
from ledger.credentials import Credential, UnknownKey, UnreadableKey, judge, load_credentials
from ledger.keys import ID_LENGTH, PREFIX, parse
from ledger.principal import Principal
from storage.engine import Database
from storage.errors import StoreDown

_ID = slice(len(PREFIX), len(PREFIX) + ID_LENGTH)
_NOBODY_LIFE = 5.0  # seconds for which an unknown id is not looked up again
_AWAY = 3.0  # seconds without a query after the database failed; `catch_up` may end them early
_RELOADS = 3  # attempts to read keys that change meanwhile
_TOGETHER = 256  # most keys per query; queries run one after the other


@dataclass(slots=True)
class _Entry:
    credential: Credential
    confirmed: float  # when the database last confirmed it
    usable_until: float  # compared on the hot path: the earlier of the entry's end and the key's expiry


class KeyRing:
    """This process's cache of verified keys, each for `life` seconds.

    A change made through the ring's own `Accounts` takes effect at once; one by another process as soon as
    `watch` reads it. While the database is unavailable, a key that it confirmed less than `stale_seconds`
    ago is still accepted. No plaintext is kept. For one event loop only.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        life: float = 30.0,
        stale_seconds: float = 600.0,
        capacity: int = 10_000,
    ) -> None:
        self._database = database
        self._clock = clock
        self._life = life
        self._stale = stale_seconds
        self._capacity = capacity
        self._entries: dict[bytes, _Entry] = {}  # least recently confirmed first
        self._nobodies: TTLCache[str, None] = TTLCache(capacity, _NOBODY_LIFE, timer=clock)
        self._wanted: dict[str, asyncio.Future[Credential | None]] = {}
        self._reading: dict[str, asyncio.Future[Credential | None]] = {}  # those of the query in progress
        self._reader: asyncio.Task[None] | None = None
        self._epoch = 0  # incremented when something is forgotten: reads begun before are not stored
        self._seen: int | None = None  # number of the last change read
        self._away_until = 0.0
        self._listeners: list[Callable[[tuple[str, ...]], None]] = []

    def listen(self, hear: Callable[[tuple[str, ...]], None]) -> None:
        """Call `hear` with the subject ids of every further change, including those not about accounts."""
        self._listeners.append(hear)

    def known(self, credential: bytes, digest: bytes = b"") -> Principal | None:
        """The principal, if it is in memory; None means to ask `identify`, not that the key is invalid.

        `digest`: the credential's SHA-256, if the caller has it already.
        """
        entry = self._entries.get(credential[_ID])
        if entry is None or entry.usable_until <= self._clock():
            return None
        held = entry.credential
        return held.principal if compare_digest(digest or sha256(credential).digest(), held.digest) else None

    async def identify(self, credential: bytes) -> Principal:
        """The principal of a credential, from memory or else from the database.

        Raises `UnknownKey` with a reason, or `StoreDown` if it cannot be determined: 503, never 401.
        """
        if not credential:
            raise UnknownKey("missing")
        principal = self.known(credential)
        if principal is not None:
            return principal
        parsed = parse(credential)
        if parsed is None:
            raise UnknownKey("malformed")
        return judge(await self._look_up(parsed.id), parsed.digest, self._clock())

    async def holder_of(self, key_id: str) -> Principal:
        """The principal of a key that was verified earlier, if still valid. Raises as `identify` does."""
        entry = self._entries.get(key_id.encode())
        if entry is not None and self._clock() < entry.usable_until:
            return entry.credential.principal
        found = await self._look_up(key_id)
        return judge(found, found.digest if found is not None else b"", self._clock())

    def forget(self, *subject_ids: str) -> None:
        """Drop cached keys, and reads in progress, of these keys, teams, users or organisations."""
        for hear in self._listeners:
            hear(subject_ids)
        self._epoch += 1
        self._reading = {}  # later callers get a new read
        changed = frozenset(subject_ids)
        for subject_id in changed:
            self._nobodies.pop(subject_id, None)
        for key, entry in list(self._entries.items()):
            if not changed.isdisjoint(entry.credential.subjects):
                del self._entries[key]

    def confirmed(self) -> list[tuple[Credential, float]]:
        """The credentials that may be accepted without the database, with the times of their confirmation."""
        since = self._clock() - self._stale
        return [
            (each.credential, each.confirmed) for each in self._entries.values() if each.confirmed > since
        ]

    def recall(self, confirmed: Iterable[tuple[Credential, float]]) -> None:
        """Load what an earlier process had confirmed. Only for a ring that is still empty."""
        for credential, at in confirmed:
            self._entries[credential.principal.key_id.encode()] = _Entry(credential, at, 0.0)

    async def watch(self, every: float = 0.5) -> None:
        """Follow other processes' changes until cancelled; run as one task beside the server."""
        while True:
            await self.catch_up()
            await asyncio.sleep(every)

    async def catch_up(self) -> None:
        """Read the log of changes once, and forget what changed. An unavailable database is no error here."""
        try:
            await self._read_changes()
        except StoreDown:
            self._away_until = self._clock() + _AWAY
        else:
            self._away_until = 0.0

    async def close(self) -> None:
        """Cancel the look-ups in progress."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _read_changes(self) -> None:
        if self._seen is None:
            self._seen = await last_change(self._database)
            self._forget_all()  # changes before that number were not followed
        more = True
        while more:
            changes = await changes_since(self._database, self._seen)
            if changes.subjects is None:
                self._forget_all()
            elif changes.subjects:
                self.forget(*changes.subjects)
            self._seen, more = changes.last, changes.more

    def _forget_all(self) -> None:
        self._epoch += 1
        self._reading = {}  # later callers get a new read
        self._nobodies.clear()
        self._entries.clear()

    async def _look_up(self, key_id: str) -> Credential | None:
        now = self._clock()
        entry = self._entries.get(key_id.encode())
        if entry is not None and now < entry.confirmed + self._life:
            return entry.credential
        if key_id in self._nobodies:
            return None
        if now < self._away_until:
            return self._stale_or_raise(key_id, StoreDown("The database cannot be used now."))
        wish = self._reading.get(key_id) or self._wanted.get(key_id)
        if wish is None:
            wish = self._wanted[key_id] = asyncio.get_running_loop().create_future()
            if self._reader is None:
                # Not in a TaskGroup: the look-ups belong to no single caller. `close` ends it.
                self._reader = asyncio.get_running_loop().create_task(self._read_wanted())
        # Shielded: a caller that is cancelled must not cancel the look-up for others.
        return await asyncio.shield(wish)

    async def _read_wanted(self) -> None:
        """Look up the wanted keys, batching those that arrive while the previous query runs."""
        wishes = self._wanted
        try:
            while self._wanted:
                wishes = {
                    key_id: self._wanted.pop(key_id) for key_id in list(islice(self._wanted, _TOGETHER))
                }
                self._reading = wishes
                await self._answer(wishes)
                self._reading = {}
        except BaseException as error:
            for wish in (*wishes.values(), *self._wanted.values()):
                _refuse(wish, error)
            self._wanted.clear()
            raise
        finally:
            self._reader, self._reading = None, {}

    async def _answer(self, wishes: Mapping[str, asyncio.Future[Credential | None]]) -> None:
        try:
            found = await self._load(list(wishes))
        except StoreDown as error:
            self._away_until = self._clock() + _AWAY
            # Callers that arrived meanwhile would wait as long in vain.
            self._fail({**wishes, **self._wanted}, error)
            self._wanted.clear()
        else:
            for key_id, wish in wishes.items():
                told = found.get(key_id)
                if isinstance(told, UnreadableKey):
                    _refuse(wish, told)
                else:
                    wish.set_result(told)

    async def _load(self, ids: list[str]) -> dict[str, Credential | UnreadableKey]:
        for _ in range(_RELOADS):
            epoch = self._epoch
            found = await load_credentials(self._database, ids)
            if epoch == self._epoch:
                for key_id in ids:
                    self._remember(key_id, found.get(key_id))
                break
        return found

    def _fail(self, wishes: Mapping[str, asyncio.Future[Credential | None]], error: StoreDown) -> None:
        for key_id, wish in wishes.items():
            try:
                wish.set_result(self._stale_or_raise(key_id, error))
            except StoreDown:
                _refuse(wish, error)

    def _remember(self, key_id: str, found: Credential | UnreadableKey | None) -> None:
        self._entries.pop(key_id.encode(), None)
        if isinstance(found, UnreadableKey):
            return
        if found is None:
            self._nobodies[key_id] = None
            return
        now = self._clock()
        usable_until = 0.0 if found.revoked else min(now + self._life, found.expires)
        if len(self._entries) >= self._capacity:
            del self._entries[next(iter(self._entries))]
        self._entries[key_id.encode()] = _Entry(found, now, usable_until)

    def _stale_or_raise(self, key_id: str, error: StoreDown) -> Credential:
        entry = self._entries.get(key_id.encode())
        now = self._clock()
        if entry is None or now >= entry.confirmed + self._stale:
            raise error
        if not entry.credential.revoked:
            end = min(entry.confirmed + self._stale, entry.credential.expires)
            entry.usable_until = min(now + _AWAY, end)
        return entry.credential


def _refuse(wish: asyncio.Future[Credential | None], error: BaseException) -> None:
    if wish.done():
        return
    if isinstance(error, asyncio.CancelledError):
        wish.cancel()
        return
    wish.set_exception(error)
    wish.exception()  # mark as retrieved, even if every caller has left
