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
_AGAIN_SECONDS = 0.05  # before a second look confirms that a worker is dead
_BACK_SECONDS = 0.02  # before this worker shows itself again, to be shorter than `_AGAIN_SECONDS`
# After our own connection broke, or the server started, those of others may have broken, too: this is their
# time to reconnect.
_CALM_SECONDS = 3.0
# For statements on the connection that holds our lock. On a busy machine a late answer costs less than losing
# the lock, without which this worker looks dead.
_PATIENCE_SECONDS = 10.0
_CLASS = 0x51B0  # of our advisory locks, to tell them from others in the database

# Also returns the server's uptime in seconds.
_LOCK = text(
    "SELECT pg_advisory_lock(:class, :key),"
    " extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 AS seconds"
)
# The workers that have runs and, if there are any, the lock keys of live workers: one round trip.
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
        """Hold the lock until cancelled. Calls `shown` once held, and `bury` with dead workers' names."""


def presence(database: Database, name: str) -> Presence:
    """The Presence of the worker of this name, suited to the database."""
    if database.dialect == "postgresql":
        return SessionPresence(database, name)
    path = database.engine.url.database or ""
    return FilePresence(Path(f"{path}.workers"), name)


class SessionPresence:
    """On PostgreSQL: an advisory lock on a dedicated connection, which ends with the process.

    A pooler that hands the connection on keeps the lock alive; then only leases detect dead workers.
    """

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    async def watch(self, shown: Callable[[], None], bury: Bury) -> None:
        """See Presence."""
        calm, pause = 0.0, _LOOK_SECONDS
        while True:
            try:
                async with self._database.session(_PATIENCE_SECONDS) as session:
                    key = _signed(_key(self._name))
                    [held] = await session.fetch(_LOCK, {"class": _CLASS, "key": key})
                    shown()
                    pause = _BACK_SECONDS  # this connection may break: back before others look again
                    await asyncio.sleep(max(calm, _CALM_SECONDS - held.seconds))
                    calm = _CALM_SECONDS  # from now on, a failure means that a connection broke
                    await self._look(session, bury)
            except StoreError as error:
                log.warning("other workers cannot be seen, nor see this one: %s", error)
                await asyncio.sleep(pause)
                pause = _LOOK_SECONDS  # the database itself is unavailable

    async def _look(self, session: Transaction, bury: Bury) -> None:
        """A worker missing twice is dead; one look may hit the gap between a lost connection and the next."""
        suspects: set[str] = set()
        while True:
            missing = await self._missing(session)
            if gone := missing & suspects:
                try:
                    await bury(sorted(gone))
                except StoreError as error:  # no reason to give up our own lock
                    log.warning("the runs of %s are not taken over yet: %s", ", ".join(sorted(gone)), error)
                    gone = set()
            suspects = missing - gone
            await asyncio.sleep(_AGAIN_SECONDS if suspects else _LOOK_SECONDS)

    async def _missing(self, session: Transaction) -> set[str]:
        rows = await session.fetch(_LOOK, {"class": _CLASS, "me": self._name})
        alive = {row.key for row in rows}
        return {row.worker for row in rows if row.worker is not None and _key(row.worker) not in alive}


class FilePresence:
    """On SQLite, where all workers share a machine: a file lock, which the kernel drops with the process."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    async def watch(self, shown: Callable[[], None], bury: Bury) -> None:
        """See Presence. If no file can be created, only leases detect dead workers."""
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
        """Our file, locked; created again if another worker deleted it before it was locked."""
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
    """Whether the file was locked: not if another process holds it or it does not exist."""
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
    """The key of a worker's lock, as `pg_locks` shows it."""
    return int.from_bytes(sha256(worker.encode()).digest()[:4])


def _signed(key: int) -> int:
    """The same key as the signed integer that the lock function takes."""
    return key - (1 << 32) if key >= 1 << 31 else key
