"""Detects dead workers: each holds a lock that ends with its process."""

import asyncio
import fcntl
import logging
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from sqlalchemy import text

from storage.engine import Database, Transaction
from storage.errors import StoreError

log = logging.getLogger("signalbox.runs")

_LOOK_SECONDS = 0.1
_AGAIN_SECONDS = 0.05  # until the look that makes sure
_BACK_SECONDS = 0.02  # until we show ourselves again, which is to be sooner than that
# After our own connection broke, or the server started, those of the others may have broken too: they get the
# time to show themselves again.
_CALM_SECONDS = 3.0
# For what is asked on the connection that holds our lock. Where the machine is busy an answer that comes late
# costs less than the lock, without which we look dead.
_PATIENCE_SECONDS = 10.0
_CLASS = 0x51B0  # of our advisory locks, beside whatever else uses the database

# With how long the server has been there, in seconds.
_LOCK = text(
    "SELECT pg_advisory_lock(:class, :key),"
    " extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 AS seconds"
)
# The workers that have runs, and where there are any the keys of those who live: one journey.
_LOOK = text(
    "WITH driving AS (SELECT DISTINCT worker FROM runs"
    " WHERE status = 'running' AND worker <> :me AND lease_ms > 0)"
    " SELECT worker, NULL::bigint AS key FROM driving UNION ALL"
    " SELECT NULL, objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = :class"
    " AND objsubid = 2 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND EXISTS (SELECT 1 FROM driving)"
)

Bury = Callable[[Sequence[str]], Awaitable[object]]


class Presence(Protocol):
    """A worker that others can see."""

    async def watch(self, shown: Callable[[], None], bury: Bury) -> None:
        """Hold the lock until cancelled. `shown` is called when it is held, `bury` with those who died."""


def presence(database: Database, name: str) -> Presence:
    """That of the worker of this name, by what the database can tell."""
    if database.dialect == "postgresql":
        return SessionPresence(database, name)
    path = database.engine.url.database or ""
    return FilePresence(Path(f"{path}.workers"), name)


class SessionPresence:
    """On PostgreSQL: an advisory lock of a connection of its own, which the server ends with the process.

    Behind a pooler that gives the connection to others the lock stays, and only leases end then.
    """

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    async def watch(self, shown: Callable[[], None], bury: Bury) -> None:
        """As Presence."""
        calm = 0.0
        while True:
            try:
                async with self._database.session(_PATIENCE_SECONDS) as session:
                    key = _signed(_key(self._name))
                    [held] = await session.fetch(_LOCK, {"class": _CLASS, "key": key})
                    shown()
                    await asyncio.sleep(max(calm, _CALM_SECONDS - held.seconds))
                    calm = _CALM_SECONDS  # from here on what breaks was there before
                    await self._look(session, bury)
            except StoreError as error:
                log.warning("other workers cannot be seen, nor see this one: %s", error)
                await asyncio.sleep(_LOOK_SECONDS if calm else _BACK_SECONDS)

    async def _look(self, session: Transaction, bury: Bury) -> None:
        """Who is missing twice is dead: one look may fall between a lost connection and the next."""
        suspects: set[str] = set()
        while True:
            missing = await self._missing(session)
            if gone := missing & suspects:
                try:
                    await bury(sorted(gone))
                except StoreError as error:  # no reason to let go of our own lock
                    log.warning("the runs of %s are not taken over yet: %s", ", ".join(sorted(gone)), error)
                    gone = set()
            suspects = missing - gone
            await asyncio.sleep(_AGAIN_SECONDS if suspects else _LOOK_SECONDS)

    async def _missing(self, session: Transaction) -> set[str]:
        rows = await session.fetch(_LOOK, {"class": _CLASS, "me": self._name})
        alive = {row.key for row in rows}
        return {row.worker for row in rows if row.worker is not None and _key(row.worker) not in alive}


class FilePresence:
    """On SQLite, where all workers are on one machine: a locked file, which the kernel unlocks at the end."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    async def watch(self, shown: Callable[[], None], bury: Bury) -> None:
        """As Presence. Where no file can be made leases must do."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            with self._mine() as held:
                shown()
                while held:
                    await self._look(bury)
                    await asyncio.sleep(_LOOK_SECONDS)
        except OSError as error:
            log.warning("other workers cannot be seen, nor see this one: %s", error)
            shown()

    @contextmanager
    def _mine(self) -> Iterator[bool]:
        """Our file, locked: one that somebody thought dead before it was locked is made again."""
        path = self._folder / self._name
        while True:
            with _locked(path, os.O_CREAT) as held:
                if held and path.exists():
                    yield True
                    return

    async def _look(self, bury: Bury) -> None:
        for name in os.listdir(self._folder):
            if name == self._name:
                continue
            with _locked(self._folder / name) as dead:
                if not dead:
                    continue
                try:
                    await bury([name])
                except StoreError as error:
                    log.warning("the runs of worker %s are not taken over yet: %s", name, error)
                else:
                    (self._folder / name).unlink(missing_ok=True)


@contextmanager
def _locked(path: Path, flags: int = 0) -> Iterator[bool]:
    """Whether the file could be locked: not where another process has it, nor where there is none."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | flags, 0o600)
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _key(worker: str) -> int:
    """The number of a worker's lock, as the server shows it."""
    return int.from_bytes(sha256(worker.encode()).digest()[:4])


def _signed(key: int) -> int:
    """The same as the server takes it."""
    return key - (1 << 32) if key >= 1 << 31 else key
