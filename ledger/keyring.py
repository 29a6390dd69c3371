"""Whose a credential is, answered from memory and kept current by the log of changes."""

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
_NOBODY_LIFE = 5.0  # seconds for which an id that does not exist is not looked up again
_AWAY = 3.0  # seconds without a try after the database failed; the watch ends them early
_RELOADS = 3  # of a key that changes while it is read
_TOGETHER = 256  # keys that are looked up by one query; the next begins when that has ended


@dataclass(slots=True)
class _Entry:
    credential: Credential
    confirmed: float  # when the database last said so
    usable_until: float  # what the hot path compares: the life of the entry, and the key's own end


class KeyRing:
    """Keys that were looked up, for `life` seconds each, in this process.

    A change made through a ring's own `Accounts` takes effect at once; one made by any other process as
    soon as `watch` reads of it. While the database is away, a key that it confirmed less than
    `stale_seconds` ago goes on being served. No plaintext is kept. For one event loop only.
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
        self._entries: dict[bytes, _Entry] = {}  # in the order in which they were last confirmed
        self._nobodies: TTLCache[str, None] = TTLCache(capacity, _NOBODY_LIFE, timer=clock)
        self._wanted: dict[str, asyncio.Future[Credential | None]] = {}
        self._reading: dict[str, asyncio.Future[Credential | None]] = {}  # of them, what is being looked up
        self._reader: asyncio.Task[None] | None = None
        self._epoch = 0  # counts what was forgotten, so that a read begun before is not remembered
        self._seen: int | None = None  # number of the last change read
        self._away_until = 0.0
        self._listeners: list[Callable[[tuple[str, ...]], None]] = []

    def listen(self, hear: Callable[[tuple[str, ...]], None]) -> None:
        """Tell of every change from now on, by the subjects' ids; those of other rooms are among them."""
        self._listeners.append(hear)

    def known(self, credential: bytes, digest: bytes = b"") -> Principal | None:
        """The principal, if memory alone can tell; None says to ask `identify`, not that the key is bad.

        `digest`: the credential's SHA-256, from who knows it already.
        """
        entry = self._entries.get(credential[_ID])
        if entry is None or entry.usable_until <= self._clock():
            return None
        held = entry.credential
        return held.principal if compare_digest(digest or sha256(credential).digest(), held.digest) else None

    async def identify(self, credential: bytes) -> Principal:
        """The principal of a credential, from the database when memory cannot tell.

        Raises `UnknownKey` with its reason, or `StoreDown` when nobody can say: 503, never 401.
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
        """The principal of a key that proved itself before, if it may still be used. Raises as `identify`."""
        entry = self._entries.get(key_id.encode())
        if entry is not None and self._clock() < entry.usable_until:
            return entry.credential.principal
        found = await self._look_up(key_id)
        return judge(found, found.digest if found is not None else b"", self._clock())

    def forget(self, *subject_ids: str) -> None:
        """Drop what is remembered of these keys, teams, users or organisations, or is now being read."""
        for hear in self._listeners:
            hear(subject_ids)
        self._epoch += 1
        self._reading = {}  # whoever asks from now on has it read anew
        changed = frozenset(subject_ids)
        for subject_id in changed:
            self._nobodies.pop(subject_id, None)
        for key, entry in list(self._entries.items()):
            if not changed.isdisjoint(entry.credential.subjects):
                del self._entries[key]

    def confirmed(self) -> list[tuple[Credential, float]]:
        """What may be served without the database, and when that confirmed it."""
        since = self._clock() - self._stale
        return [
            (each.credential, each.confirmed) for each in self._entries.values() if each.confirmed > since
        ]

    def recall(self, confirmed: Iterable[tuple[Credential, float]]) -> None:
        """Know what an earlier process had confirmed. Only for a ring that knows nothing yet."""
        for credential, at in confirmed:
            self._entries[credential.principal.key_id.encode()] = _Entry(credential, at, 0.0)

    async def watch(self, every: float = 0.5) -> None:
        """Follow the changes that other processes make, until cancelled; one task beside the server."""
        while True:
            await self.catch_up()
            await asyncio.sleep(every)

    async def catch_up(self) -> None:
        """Read once which accounts changed, and forget them. A database that is away is not an error here."""
        try:
            await self._read_changes()
        except StoreDown:
            self._away_until = self._clock() + _AWAY
        else:
            self._away_until = 0.0

    async def close(self) -> None:
        """Stop the look-ups that are under way."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _read_changes(self) -> None:
        if self._seen is None:
            self._seen = await last_change(self._database)
            self._forget_all()  # what was remembered before that number was not watched
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
        self._reading = {}  # whoever asks from now on has it read anew
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
                # Not in a TaskGroup: the look-ups belong to no one caller. `close` ends it.
                self._reader = asyncio.get_running_loop().create_task(self._read_wanted())
        # Shielded: a caller that leaves must not take the look-up from those who wait for the same key.
        return await asyncio.shield(wish)

    async def _read_wanted(self) -> None:
        """Look up what is wanted, all of it that came while the database said what was wanted before."""
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
            # Whoever came meanwhile would wait as long for nothing.
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
    wish.exception()  # seen, even when every caller has left
