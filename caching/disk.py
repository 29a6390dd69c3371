"""A store of answers in a SQLite file on this machine, which outlives its processes."""

import asyncio
import logging
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from caching.kept import Kept
from caching.purging import UNREADABLE
from caching.sealing import Sealing
from caching.store import BROKEN, MOST_NOTES, Found

log = logging.getLogger("signalbox.cache")

T = TypeVar("T")
DEADLINE = 0.1  # seconds
PATIENCE = 5.0  # seconds; the deadline of work that no call waits for
LEASE_SECONDS = 10.0
_UNSHARED_SECONDS = 2.0  # enough for every waiter to see the marker
_UNSHARED = b"-"  # stored in place of an answer that cannot be shared
_OVERHEAD = 200  # bytes of a row besides its answer, with its share of the indexes
_MOST_WAITING = 256  # pieces of work; beyond that the store counts as unavailable
_FAILURES = 3  # in a row, after which the file is not used for a while
_PAUSE_SECONDS = 1.0
_USED_SECONDS = 60.0  # precision of the time of last use
_SWEEP_SECONDS = 60.0  # between two deletions of expired answers, while answers are stored
_SPARE = 0.9  # eviction shrinks the file to this part of its bound
_AT_A_TIME = 200
_FORMAT = 1  # version of the tables, in `user_version`
_TABLES = f"""
PRAGMA user_version = {_FORMAT};
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA secure_delete = ON;
PRAGMA recursive_triggers = ON;
CREATE TABLE IF NOT EXISTS answer (
    print BLOB PRIMARY KEY, gone REAL NOT NULL, used REAL NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS answer_used ON answer (used);
CREATE INDEX IF NOT EXISTS answer_gone ON answer (gone);
CREATE TABLE IF NOT EXISTS taken (bytes INTEGER NOT NULL);
CREATE TRIGGER IF NOT EXISTS answer_came AFTER INSERT ON answer BEGIN
    UPDATE taken SET bytes = bytes + new.size;
END;
CREATE TRIGGER IF NOT EXISTS answer_went AFTER DELETE ON answer BEGIN
    UPDATE taken SET bytes = bytes - old.size;
END;
INSERT INTO taken SELECT (SELECT coalesce(sum(size), 0) FROM answer) WHERE NOT EXISTS (SELECT 1 FROM taken);
CREATE TABLE IF NOT EXISTS lease (
    print BLOB PRIMARY KEY, holder TEXT NOT NULL, until REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS obeyed (number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS note (
    number INTEGER PRIMARY KEY AUTOINCREMENT, topic BLOB NOT NULL, item BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS note_topic ON note (topic, number);
"""
_PUT = "INSERT OR REPLACE INTO answer (print, gone, used, size, data) VALUES (?, ?, ?, ?, ?)"
# Only its holder can renew a lease; an expired one can be taken by any process.
_TAKE = (
    "INSERT INTO lease VALUES (?, ?, ?) ON CONFLICT (print) DO UPDATE SET holder = excluded.holder, "
    "until = excluded.until WHERE holder = excluded.holder OR until <= ?"
)
_TAKEN = "SELECT bytes FROM taken"
# Numbers are microseconds, so that they also exceed those of an earlier file in this place.
_NOTE = (
    "INSERT INTO note (number, topic, item) "
    "VALUES (max(?, (SELECT coalesce(max(number), 0) + 1 FROM note)), ?, ?)"
)
_NOTES = "SELECT number, item FROM note WHERE topic = ? AND number > ? ORDER BY number LIMIT ?"
_TRIM = (
    "DELETE FROM note WHERE topic = ? AND number <= "
    "(SELECT number FROM note WHERE topic = ? ORDER BY number DESC LIMIT 1 OFFSET ?)"
)
_TRIM_EVERY = 64  # notes


class Disk:
    """A `Store` that works in a thread of its own. No call waits longer than the deadline; background writes
    and reads may, so that a slow moment loses nothing. Times are Unix seconds.

    A crash of the machine may lose the latest answers, which are then misses. A corrupt file is moved aside
    and replaced by a new one.
    """

    def __init__(
        self,
        file: Path,
        size: int,
        sealing: Sealing,
        clock: Callable[[], float],
        *,
        several: bool = False,
    ) -> None:
        """`size`: bytes of answers. `several`: other processes of this machine use the file too."""
        self.failures = 0
        self.local = True
        self.deadline = DEADLINE
        self.patience = PATIENCE
        self._file = file
        self._size = size
        self._sealing = sealing
        self._clock = clock
        self._several = several
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="answers")
        self._database: sqlite3.Connection | None = None
        self._number = 0  # inode of the open file
        self._next_sweep = 0.0
        self._in_a_row = 0
        self._waiting = 0
        self._alone_until = 0.0
        self._noted = Counter[bytes]()

    async def get(self, fingerprint: bytes) -> Found:
        found = await self._run(lambda database: [self._get(database, fingerprint)])
        return None if found is None else self._sealing.read(fingerprint, found[0]) or False

    async def get_all(self, fingerprints: Sequence[bytes]) -> list[Kept | None] | None:
        found = await self._later(lambda database: [self._get(database, each) for each in fingerprints])
        if found is None:
            return None
        return [self._sealing.read(each, data) for each, data in zip(fingerprints, found, strict=True)]

    async def ask(self, fingerprint: bytes, holder: str, now: float) -> Kept | bool:
        def work(database: sqlite3.Connection) -> Kept | bool:
            data = self._get(database, fingerprint)
            kept = self._sealing.read(fingerprint, data)
            if kept is not None and kept.fresh_until > now:
                return kept
            if data == _UNSHARED or not self._several:
                return True
            until = self._clock() + LEASE_SECONDS
            return database.execute(_TAKE, (fingerprint, holder, until, self._clock())).rowcount == 1

        found = await self._run(work)
        return True if found is None else found

    async def renew(self, fingerprint: bytes, holder: str) -> None:
        if self._several:
            change = "UPDATE lease SET until = ? WHERE print = ? AND holder = ?"
            await self._change(change, self._clock() + LEASE_SECONDS, fingerprint, holder)

    async def put(self, fingerprint: bytes, holder: str, kept: Kept | None, now: float) -> None:
        if kept is None and not self._several:
            return
        gone = now + _UNSHARED_SECONDS if kept is None else kept.gone_at

        def work(database: sqlite3.Connection) -> None:
            data = _UNSHARED if kept is None else self._sealing.write(fingerprint, kept)
            if len(data) + _OVERHEAD <= self._size:
                size = len(data) + _OVERHEAD
                database.execute(_PUT, (fingerprint, gone, self._clock(), size, data))
            self._give_back(database, fingerprint, holder)
            if self._clock() >= self._next_sweep:
                self._sweep(database)
            if _number(database, _TAKEN) > self._size:
                self._shrink(database)

        await self._later(work)

    async def give_back(self, fingerprint: bytes, holder: str) -> None:
        if self._several:
            await self._later(lambda database: self._give_back(database, fingerprint, holder))

    async def note(self, topic: bytes, item: bytes, most: int = MOST_NOTES) -> None:
        def work(database: sqlite3.Connection) -> None:
            database.execute(_NOTE, (int(self._clock() * 1e6), topic, item))
            self._noted[topic] += 1
            if self._noted[topic] % _TRIM_EVERY == 0:
                database.execute(_TRIM, (topic, topic, most))

        await self._later(work)

    async def notes(self, topic: bytes, after: bytes) -> list[tuple[bytes, bytes]] | None:
        found = await self._later(
            lambda database: database.execute(_NOTES, (topic, int(after or 0), MOST_NOTES)).fetchall()
        )
        return None if found is None else [(b"%d" % number, item) for number, item in found]

    async def stand(self, topic: bytes, who: bytes, what: bytes) -> bool:
        """Does nothing: the workers of one machine learn separately."""
        return False

    async def stands(self, topic: bytes) -> list[tuple[int, bytes]]:
        return []

    async def drop(self, fingerprint: bytes) -> bool:
        return await self._change("DELETE FROM answer WHERE print = ?", fingerprint)

    async def obeyed(self) -> int | None:
        return await self._run(
            lambda database: _number(database, "SELECT coalesce(max(number), 0) FROM obeyed")
        )

    async def obey(self, number: int) -> None:
        def work(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM obeyed")
            database.execute("INSERT INTO obeyed VALUES (?)", (number,))

        await self._later(work)

    async def purge(self, doomed: Callable[[bytes, Kept], bool]) -> int | None:
        gone, last = 0, b""
        while True:

            def work(database: sqlite3.Connection, after: bytes = last) -> tuple[bytes, int]:
                found = database.execute(
                    f"SELECT print, data FROM answer WHERE print > ? ORDER BY print LIMIT {_AT_A_TIME}",
                    (after,),
                ).fetchall()
                read = [(each, self._sealing.read(each, data)) for each, data in found if data != _UNSHARED]
                hit = [(each,) for each, kept in read if doomed(each, kept or UNREADABLE)]
                database.executemany("DELETE FROM answer WHERE print = ?", hit)
                return (found[-1][0] if found else b""), len(hit)

            found = await self._later(work, None)
            if found is None:
                return None
            if not found[0]:
                return gone if await self._later(_emptied, None) else None
            last, gone = found[0], gone + found[1]

    async def close(self) -> None:
        """Finish the work under way, and close the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._forget)
        self._thread.shutdown(wait=False)

    def _get(self, database: sqlite3.Connection, fingerprint: bytes) -> bytes | None:
        now = self._clock()
        found = database.execute(
            "SELECT data, used FROM answer WHERE print = ? AND gone > ?", (fingerprint, now)
        ).fetchone()
        if found is None:
            return None
        if now - found[1] > _USED_SECONDS:
            database.execute("UPDATE answer SET used = ? WHERE print = ?", (now, fingerprint))
        return bytes(found[0])

    def _give_back(self, database: sqlite3.Connection, fingerprint: bytes, holder: str) -> None:
        if self._several:
            database.execute("DELETE FROM lease WHERE print = ? AND holder = ?", (fingerprint, holder))

    def _sweep(self, database: sqlite3.Connection) -> None:
        self._next_sweep = self._clock() + _SWEEP_SECONDS
        database.execute("DELETE FROM answer WHERE gone <= ?", (self._clock(),))

    def _shrink(self, database: sqlite3.Connection) -> None:
        """Delete expired answers and leases, then the least recently used answers."""
        database.execute("DELETE FROM answer WHERE gone <= ?", (self._clock(),))
        database.execute("DELETE FROM lease WHERE until <= ?", (self._clock(),))
        taken, doomed = _number(database, _TAKEN), []
        if taken <= self._size:
            return
        surplus = taken - int(self._size * _SPARE)
        for fingerprint, size in database.execute("SELECT print, size FROM answer ORDER BY used"):
            if surplus <= 0:
                break
            doomed.append((fingerprint,))
            surplus -= size
        database.executemany("DELETE FROM answer WHERE print = ?", doomed)

    async def _change(self, statement: str, *values: object) -> bool:
        return await self._later(lambda database: database.execute(statement, values)) is not None

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """The result of work that a call waits for; None if it failed or took too long. Late work is still
        completed.
        """
        return None if self._alone() > 0 else await self._within(self.deadline, work)

    async def _later(
        self, work: Callable[[sqlite3.Connection], T], most: float | None = PATIENCE
    ) -> T | None:
        """Like `_run` for background work: it waits for the end of a pause."""
        if self._waiting < _MOST_WAITING and (pause := self._alone()) > 0:
            self._waiting += 1
            try:
                await asyncio.sleep(min(pause, self.patience))
            finally:
                self._waiting -= 1
            if self._alone() > 0:
                return None
        return await self._within(most, work)

    def _alone(self) -> float:
        """Seconds for which the file is still not used, on a clock that does not jump."""
        return self._alone_until - asyncio.get_running_loop().time()

    async def _within(self, most: float | None, work: Callable[[sqlite3.Connection], T]) -> T | None:
        if self._waiting >= _MOST_WAITING:
            return None
        self._waiting += 1
        loop = asyncio.get_running_loop()
        doing = loop.run_in_executor(self._thread, self._done, work)
        doing.add_done_callback(self._ended)
        done, _ = await asyncio.wait([doing], timeout=most)
        if done and doing.exception() is None:
            self._in_a_row = 0
            return doing.result()
        self._failed(f"{doing.exception()}" if done else "it took too long")
        return None

    def _ended(self, doing: "asyncio.Future[T]") -> None:
        self._waiting -= 1
        if not doing.cancelled():
            doing.exception()  # retrieved, so that asyncio does not log the error of late work

    def _failed(self, why: str) -> None:
        self.failures += 1
        self._in_a_row += 1
        if self._in_a_row >= _FAILURES:
            self._in_a_row = 0
            self._alone_until = asyncio.get_running_loop().time() + _PAUSE_SECONDS
        log.debug("the cache goes on without its file: %s", why)

    def _done(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs in the thread."""
        try:
            if self._database is not None and self._is_moved():
                self._forget()
            if self._database is None:
                self._database = self._opened()
            with self._database:
                return work(self._database)
        except sqlite3.OperationalError:  # locked, full, cannot be opened: a later attempt may succeed
            self._forget()
            raise
        except sqlite3.DatabaseError as error:  # corrupt, or not a database
            self._forget()
            self._put_aside(error)
            raise

    def _opened(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600))
        self._number = self._file.stat().st_ino
        database = sqlite3.connect(self._file, timeout=self.deadline, check_same_thread=False)
        try:
            if not _is_ours(database):
                raise sqlite3.DatabaseError("it is of another version")
            database.executescript(_TABLES)
        except BaseException:
            database.close()
            raise
        return database

    def _is_moved(self) -> bool:
        """Whether the open file is no longer at its path: it was deleted or moved aside."""
        try:
            return self._file.stat().st_ino != self._number
        except FileNotFoundError:
            return True

    def _put_aside(self, error: sqlite3.DatabaseError) -> None:
        if self._is_moved():
            return  # another process has moved it aside already
        aside = self._file.with_suffix(BROKEN)
        log.warning("the file of answers is corrupt (%s): it is moved to %s", error, aside.name)
        for ending in ("-wal", "-shm"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
        self._file.replace(aside)

    def _forget(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            database.close()


def _is_ours(database: sqlite3.Connection) -> bool:
    """Whether its tables are of this version, or there are none yet."""
    known = _number(database, "PRAGMA user_version")
    return known == _FORMAT or (not known and not _number(database, "SELECT count(*) FROM sqlite_master"))


def _emptied(database: sqlite3.Connection) -> bool:
    """Truncate the write-ahead log, which still has deleted rows; False while another process reads it."""
    return not database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


def _number(database: sqlite3.Connection, question: str) -> int:
    return int(database.execute(question).fetchone()[0])
