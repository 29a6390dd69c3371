"""Answers and leases in Redis, for several processes."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from caching.kept import Kept
from caching.purging import UNREADABLE
from caching.sealing import Sealing
from caching.store import MOST_NOTES, Found
from storage.errors import StoreConflict, StoreError

log = logging.getLogger("signalbox.cache")

LEASE_MS = 10_000
_UNSHARED_MS = 2_000  # as long as those who wait may take to see that there is nothing for them
_UNSHARED = b"-"
_AT_A_TIME, _MOST_BYTES = 200, 500_000  # of one reply, for which there are milliseconds
_LONG, _LONG_PACKED = 32_768, 16_384  # bytes that are packed, or read, for half a millisecond
_MOST_OWED = 4096  # the oldest of which have run out by themselves, or will
_NAME = re.compile(rb".*\{[0-9a-f]{64}\}", re.S)  # of an answer
_NOTES_MS = 30 * 24 * 3600 * 1000

# Only who holds the lease renews it, or gives it back.
_RENEW = (
    "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('pexpire',KEYS[1],ARGV[2]) end return 0"
)
# A value begins with the number of its process, which the first one that it leaves is given.
_STAND = (
    "local old=redis.call('hget',KEYS[1],ARGV[1]) "
    "local n=old and string.match(old,'^%d+') or redis.call('hincrby',KEYS[1],'',1) "
    "redis.call('pexpire',KEYS[1],ARGV[3]) "
    "return redis.call('hset',KEYS[1],ARGV[1],n..':'..ARGV[2])"
)
_RELEASE = "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) end return 0"


class Asking(Protocol):
    """`storage.redis.Redis`, as far as it is needed here."""

    async def run(self, *commands: Any) -> list[Any]:
        """The replies. Raises StoreError."""


class Remote:
    """A slow or unavailable store behaves like an empty one; nothing here raises.

    The keys of one answer lie in one slot of a cluster.
    """

    def __init__(self, redis: Asking, prefix: str = "sb", sealing: Sealing | None = None) -> None:
        self._redis = redis
        self._sealing = sealing or Sealing()
        self._prefix = prefix
        self.failures = 0
        self._owed: dict[str, str] = {}  # leases with their holders that may have come to be after their end
        self.local = False

    async def get(self, fingerprint: bytes) -> Found:
        """The answer; False: there is none; None: the server is away."""
        found = await self._run(("GET", self._answer(fingerprint)))
        return None if found is None else await self._read(fingerprint, found[0]) or False

    async def get_all(self, fingerprints: Sequence[bytes]) -> list[Kept | None] | None:
        """Each answer that there is; None: the store is away."""
        found = await self._run(*(("GET", self._answer(each)) for each in fingerprints))
        if found is None:
            return None
        return [await self._read(each, data) for each, data in zip(fingerprints, found, strict=True)]

    async def ask(self, fingerprint: bytes, holder: str, now: float) -> Kept | bool:
        """The answer; else True when this holder has the lease, or nobody can say; False: another has it.

        One round trip. A lease says who is asking for an answer; it runs out when its holder dies.
        """
        lease = self._lease(fingerprint)
        found = await self._run(
            ("GET", self._answer(fingerprint)), ("SET", lease, holder, "NX", "PX", LEASE_MS), ("GET", lease)
        )
        if found is None:  # one that is full, or cannot write for another reason, can still be read
            known = await self.get(fingerprint)
            return known if known and known.fresh_until > now else True
        if found[0] == _UNSHARED:
            return True
        kept = await self._read(fingerprint, found[0])
        if kept is not None and kept.fresh_until > now:
            if found[1]:
                await self._run(("EVAL", _RELEASE, 1, lease, holder))
            return kept
        return bool(found[2] == holder.encode())

    async def renew(self, fingerprint: bytes, holder: str) -> None:
        """Keep the lease for another while."""
        await self._run(("EVAL", _RENEW, 1, self._lease(fingerprint), holder, LEASE_MS))

    async def put(self, fingerprint: bytes, holder: str, kept: Kept | None, now: float) -> None:
        """Keep the answer until it is gone, and give the lease back. None: those who wait get nothing."""
        answer = self._answer(fingerprint)
        if kept is None:
            keep: tuple[Any, ...] = ("SET", answer, _UNSHARED, "PX", _UNSHARED_MS)
        else:
            milliseconds = max(1, int((kept.gone_at - now) * 1000))
            write = self._sealing.write
            long = kept.size > _LONG
            data = await asyncio.to_thread(write, fingerprint, kept) if long else write(fingerprint, kept)
            keep = ("SET", answer, data, "PX", milliseconds)
        lease = self._lease(fingerprint)
        if await self._run(keep, ("EVAL", _RELEASE, 1, lease, holder)) is None:
            self._owe(lease, holder)

    async def give_back(self, fingerprint: bytes, holder: str) -> None:
        """The lease alone: whoever waits asks for itself."""
        lease = self._lease(fingerprint)
        if await self._run(("EVAL", _RELEASE, 1, lease, holder)) is None:
            self._owe(lease, holder)

    async def note(self, topic: bytes, item: bytes, most: int = MOST_NOTES) -> None:
        """Leave a few bytes for other processes; the latest of a topic are kept, for a month."""
        key = self._notes(topic)
        bound = ("MAXLEN", "~", most)
        await self._run(("XADD", key, *bound, "*", "n", item), ("PEXPIRE", key, _NOTES_MS))

    async def notes(self, topic: bytes, after: bytes) -> list[tuple[bytes, bytes]] | None:
        """What was left since the one with this mark, each with its own; b"" stands before the first one."""
        start = b"(" + after if after else b"-"
        found = await self._run(("XRANGE", self._notes(topic), start, "+", "COUNT", MOST_NOTES))
        if found is None:
            return None
        return [(mark, fields.get(b"n", b"")) for mark, fields in found[0] or ()]

    async def stand(self, topic: bytes, who: bytes, what: bytes) -> bool:
        """Leave what holds for one process; all of a topic is there for a month after the last of them."""
        return await self._run(("EVAL", _STAND, 1, self._stands(topic), who, what, _NOTES_MS)) is not None

    async def stands(self, topic: bytes) -> list[tuple[int, bytes]]:
        """What all have left, each with the number by which it was the first, second, … to do so."""
        found = await self._run(("HGETALL", self._stands(topic)))
        parted = [value.partition(b":") for who, value in ((found or [{}])[0] or {}).items() if who]
        return [(int(number), what) for number, _, what in parted if number.isdigit()]

    async def drop(self, fingerprint: bytes) -> bool:
        """Forget one answer; whether it is surely not there."""
        return await self._run(("DEL", self._answer(fingerprint))) is not None

    async def obeyed(self) -> int | None:
        """The number of the last order to forget that is known to have been followed; None: it is away.

        Where something else lies in its place none is known to have been: all are followed again.
        """
        try:
            found = (await self._redis.run(("GET", f"{self._prefix}:obeyed")))[0]
        except StoreConflict:
            return 0
        except StoreError:
            self.failures += 1
            return None
        return int(found) if found and found.isdigit() else 0

    async def obey(self, number: int) -> None:
        """Write that number down."""
        await self._run(("SET", f"{self._prefix}:obeyed", number))

    async def purge(self, doomed: Callable[[bytes, Kept], bool]) -> int | None:
        """Forget all of which this is true; how many they were. It looks at every answer, some at a time, and
        passes over whatever else lies under such names.

        None where the store was away before it was done.
        """
        cursor, gone = b"0", 0
        while True:
            some_of = ("MATCH", f"{self._prefix}:cache:*", "COUNT", _AT_A_TIME, "TYPE", "string")
            found = await self._run(("SCAN", cursor, *some_of))
            if found is None:
                return None
            cursor, keys = found[0][0], [key for key in found[0][1] if _NAME.fullmatch(key)]
            sizes = await self._run(*(("STRLEN", key) for key in keys)) if keys else []
            if sizes is None:
                return None
            for some in _portions(keys, sizes):
                forgotten = await self._purge(some, doomed)
                if forgotten is None:
                    return None
                gone += forgotten
            if cursor in (b"0", 0):
                return gone

    async def _purge(self, keys: Sequence[bytes], doomed: Callable[[bytes, Kept], bool]) -> int | None:
        """Forget those of these that are meant; how many they were. None: the store is away."""
        answers = await self._run(*(("GET", key) for key in keys))
        if answers is None:
            return None
        known = [
            (key, data) for key, data in zip(keys, answers, strict=True) if data not in (None, _UNSHARED)
        ]
        hit = await asyncio.to_thread(self._doomed, known, doomed)
        if hit and await self._run(*(("DEL", key) for key in hit)) is None:
            return None
        return len(hit)

    def _doomed(
        self, known: Sequence[tuple[bytes, bytes]], doomed: Callable[[bytes, Kept], bool]
    ) -> list[bytes]:
        """The keys of those answers that are to be forgotten."""
        read = self._sealing.read
        said = [(key, _fingerprint(key), data) for key, data in known]
        return [key for key, each, data in said if doomed(each, read(each, data) or UNREADABLE)]

    async def _read(self, fingerprint: bytes, data: bytes | None) -> Kept | None:
        """What long answers hold is seen beside the loop: unpacking a megabyte takes some milliseconds."""
        if data is None or len(data) < _LONG_PACKED:
            return self._sealing.read(fingerprint, data)
        return await asyncio.to_thread(self._sealing.read, fingerprint, data)

    async def _run(self, *commands: Any) -> list[Any] | None:
        try:
            found = await self._redis.run(*commands)
        except StoreError as error:
            self.failures += 1
            log.debug("the cache goes on without its store: %s", error)
            return None
        if self._owed:
            await self._settle()
        return found

    def _owe(self, lease: str, holder: str) -> None:
        """One that wakes does what was sent to it while it slept, and may give a lease that nobody wants."""
        if len(self._owed) >= _MOST_OWED:
            del self._owed[next(iter(self._owed))]
        self._owed[lease] = holder

    async def _settle(self) -> None:
        """Now that it answers again, all that was sent before is done."""
        owed, self._owed = self._owed, {}
        settled = False
        try:
            await self._redis.run(*(("EVAL", _RELEASE, 1, *each) for each in owed.items()))
            settled = True
        except StoreError as error:
            log.debug("leases that are over cannot be given back yet: %s", error)
        finally:  # also where the call leaves that does it for others
            if not settled:
                self._owed = {**owed, **self._owed}

    def _answer(self, fingerprint: bytes) -> str:
        return f"{self._prefix}:cache:{{{fingerprint.hex()}}}"

    def _notes(self, topic: bytes) -> bytes:
        return f"{self._prefix}:notes:".encode() + topic

    def _stands(self, topic: bytes) -> bytes:
        return f"{self._prefix}:stands:".encode() + topic

    def _lease(self, fingerprint: bytes) -> str:
        return f"{self._prefix}:lease:{{{fingerprint.hex()}}}"


def _portions(keys: Sequence[bytes], sizes: Sequence[int]) -> Iterator[list[bytes]]:
    """The keys in their order, so many at a time as one reply can bring within its deadline."""
    some: list[bytes] = []
    room = _MOST_BYTES
    for key, size in zip(keys, sizes, strict=True):
        if some and size > room:
            yield some
            some, room = [], _MOST_BYTES
        some.append(key)
        room -= size
    if some:
        yield some


def _fingerprint(key: bytes) -> bytes:
    return bytes.fromhex(key[-65:-1].decode())
