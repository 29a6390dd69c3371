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
_UNSHARED_MS = 2_000  # enough for every waiter to see the marker
_UNSHARED = b"-"  # stored in place of an answer that cannot be shared
_AT_A_TIME, _MOST_BYTES = 200, 500_000  # of one reply, which has a deadline of milliseconds
_LONG, _LONG_PACKED = 32_768, 16_384  # bytes that take half a millisecond to compress, or to decompress
_MOST_OWED = 4096  # the oldest leases beyond that expire by themselves
_NAME = re.compile(rb".*\{[0-9a-f]{64}\}", re.S)  # an answer's key
_NOTES_MS = 30 * 24 * 3600 * 1000

# Only its holder can renew or release a lease.
_RENEW = (
    "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('pexpire',KEYS[1],ARGV[2]) end return 0"
)
# A value begins with its process's ordinal number, assigned at its first publication.
_STAND = (
    "local old=redis.call('hget',KEYS[1],ARGV[1]) "
    "local n=old and string.match(old,'^%d+') or redis.call('hincrby',KEYS[1],'',1) "
    "redis.call('pexpire',KEYS[1],ARGV[3]) "
    "return redis.call('hset',KEYS[1],ARGV[1],n..':'..ARGV[2])"
)
_RELEASE = "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) end return 0"


class Asking(Protocol):
    """The part of `storage.redis.Redis` that is used here."""

    async def run(self, *commands: Any) -> list[Any]:
        """The replies. Raises StoreError."""


class Remote:
    """A `Store` in Redis. A slow or unavailable server behaves like an empty store; no method raises.

    An answer and its lease are in one slot of a cluster.
    """

    def __init__(self, redis: Asking, prefix: str = "sb", sealing: Sealing | None = None) -> None:
        self._redis = redis
        self._sealing = sealing or Sealing()
        self._prefix = prefix
        self.failures = 0
        self._owed: dict[str, str] = {}  # holders by lease: those to release again once the server answers
        self.local = False

    async def get(self, fingerprint: bytes) -> Found:
        """The answer; False: no such answer; None: the server is unavailable."""
        found = await self._run(("GET", self._answer(fingerprint)))
        return None if found is None else await self._read(fingerprint, found[0]) or False

    async def get_all(self, fingerprints: Sequence[bytes]) -> list[Kept | None] | None:
        """One entry per fingerprint, None if there is no answer. None: the server is unavailable."""
        found = await self._run(*(("GET", self._answer(each)) for each in fingerprints))
        if found is None:
            return None
        return [await self._read(each, data) for each, data in zip(fingerprints, found, strict=True)]

    async def ask(self, fingerprint: bytes, holder: str, now: float) -> Kept | bool:
        """The answer if fresh; else whether this holder has the lease: True too if that is unknown.

        One round trip in most cases. A lease marks the process that is generating an answer.
        """
        lease = self._lease(fingerprint)
        found = await self._run(
            ("GET", self._answer(fingerprint)), ("SET", lease, holder, "NX", "PX", LEASE_MS), ("GET", lease)
        )
        if found is None:  # a server that is full, or cannot write for another reason, can still be read
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
        """Renew the lease, if this holder has it."""
        await self._run(("EVAL", _RENEW, 1, self._lease(fingerprint), holder, LEASE_MS))

    async def put(self, fingerprint: bytes, holder: str, kept: Kept | None, now: float) -> None:
        """Store the answer until it expires, and release the lease. None: it cannot be shared."""
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
        """Release only the lease: waiters make their own calls."""
        lease = self._lease(fingerprint)
        if await self._run(("EVAL", _RELEASE, 1, lease, holder)) is None:
            self._owe(lease, holder)

    async def note(self, topic: bytes, item: bytes, most: int = MOST_NOTES) -> None:
        """Publish a few bytes to other processes; at least a topic's latest `most` are kept, for a month."""
        key = self._notes(topic)
        bound = ("MAXLEN", "~", most)
        await self._run(("XADD", key, *bound, "*", "n", item), ("PEXPIRE", key, _NOTES_MS))

    async def notes(self, topic: bytes, after: bytes) -> list[tuple[bytes, bytes]] | None:
        """At most `MOST_NOTES` notes after this mark, each with its own mark; b"" reads from the first."""
        start = b"(" + after if after else b"-"
        found = await self._run(("XRANGE", self._notes(topic), start, "+", "COUNT", MOST_NOTES))
        if found is None:
            return None
        return [(mark, fields.get(b"n", b"")) for mark, fields in found[0] or ()]

    async def stand(self, topic: bytes, who: bytes, what: bytes) -> bool:
        """Publish one process's state; a topic expires a month after its last publication."""
        return await self._run(("EVAL", _STAND, 1, self._stands(topic), who, what, _NOTES_MS)) is not None

    async def stands(self, topic: bytes) -> list[tuple[int, bytes]]:
        """The state of every process, each with the ordinal number of its first publication."""
        found = await self._run(("HGETALL", self._stands(topic)))
        parted = [value.partition(b":") for who, value in ((found or [{}])[0] or {}).items() if who]
        return [(int(number), what) for number, _, what in parted if number.isdigit()]

    async def drop(self, fingerprint: bytes) -> bool:
        """Delete one answer; returns whether it is certainly absent now."""
        return await self._run(("DEL", self._answer(fingerprint))) is not None

    async def obeyed(self) -> int | None:
        """The number of the last purge that was certainly executed here; None: the server is unavailable.

        If the key holds something else, 0: all purges are executed again.
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
        """Record the number of the last purge executed here."""
        await self._run(("SET", f"{self._prefix}:obeyed", number))

    async def purge(self, doomed: Callable[[bytes, Kept], bool]) -> int | None:
        """Delete all answers that match; returns how many. Scans every answer in portions, and ignores other
        keys under the prefix. None: the server became unavailable before the end.
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
        """Delete those of these keys that match; returns how many. None: the server is unavailable."""
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
        """The keys of the answers that match."""
        read = self._sealing.read
        said = [(key, _fingerprint(key), data) for key, data in known]
        return [key for key, each, data in said if doomed(each, read(each, data) or UNREADABLE)]

    async def _read(self, fingerprint: bytes, data: bytes | None) -> Kept | None:
        """Reads long answers in a thread: unpacking a megabyte takes some milliseconds."""
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
        """Remember to release it: a server that stalled may execute an earlier request for it late."""
        if len(self._owed) >= _MOST_OWED:
            del self._owed[next(iter(self._owed))]
        self._owed[lease] = holder

    async def _settle(self) -> None:
        """Release the leases owed: the server answers again, so all sent before has been executed."""
        owed, self._owed = self._owed, {}
        settled = False
        try:
            await self._redis.run(*(("EVAL", _RELEASE, 1, *each) for each in owed.items()))
            settled = True
        except StoreError as error:
            log.debug("leases that are over cannot be given back yet: %s", error)
        finally:  # also if the call that happens to do this is cancelled
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
    """The keys in order, in portions that one reply can carry within its deadline."""
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
