"""Stores contents in the database, encrypted with their holders' keys."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import Row, delete, insert, select, update

from gateway.contents.sealing import CannotOpen, Lock, Locksmith
from storage.engine import Database
from storage.errors import StoreConflict
from storage.schema import content_keys, contents


class Content(NamedTuple):
    """The contents of one call. Times are Unix milliseconds."""

    request_id: str
    at_ms: int
    expires_ms: int
    team: str
    key_id: str
    store: str
    text: bytes


class Vault:
    """Reads and writes contents. `smith` has the operator's current keys; `refusals` are `read`'s own errors.

    `form` is what `keep` takes, for those who import this module only on demand.
    """

    refusals = (CannotOpen,)
    form = Content

    def __init__(self, database: Database, smith: Locksmith) -> None:
        self._database = database
        self._smith = smith

    async def keep(self, kept: Sequence[Content], now_ms: int) -> int:
        """Writes contents, each once even if repeated; returns how many could be encrypted.

        Contents of a holder whose key was shredded or cannot be decrypted are not stored, and none are if
        there is no operator's key. Raises StoreError.
        """
        if not self._smith.current:
            return 0
        locks = await self._locks({each.key_id for each in kept}, now_ms)
        rows = [
            {**each._asdict(), "sealed": lock.seal(each.request_id, each.text)}
            for each in kept
            if (lock := locks.get(each.key_id)) is not None
        ]
        for row in rows:
            del row["text"]
        if rows:
            async with self._database.transaction() as transaction:
                names = [row["request_id"] for row in rows]
                known = select(contents.c.request_id).where(contents.c.request_id.in_(names))
                there = {row[0] for row in await transaction.fetch(known)}
                if new := [row for row in rows if row["request_id"] not in there]:
                    await transaction.execute(insert(contents), new)
        return len(rows)

    async def read(self, request_id: str) -> tuple[Row[tuple[object, ...]], bytes] | None:
        """The row and its text; None if nothing is stored. Raises CannotOpen, StoreError."""
        found = await self._database.fetch(select(contents).where(contents.c.request_id == request_id))
        if not found:
            return None
        row = found[0]
        held = await self._database.fetch(select(content_keys).where(content_keys.c.key_id == row.key_id))
        if not held or held[0].shredded_ms is not None:
            raise CannotOpen("The key of who asked this was shredded.")
        lock = self._smith.open(row.key_id, held[0].locked_by, held[0].sealed)
        return row, lock.open(request_id, row.sealed)

    async def read_all(self, prefix: str) -> list[tuple[Row[tuple[object, ...]], bytes]]:
        """Decryptable contents with an id of this prefix and hexadecimal digits. Raises StoreError."""
        place = contents.c.request_id
        rows = await self._database.fetch(select(contents).where(place >= prefix, place < f"{prefix}g"))
        locks = await self._held({row.key_id for row in rows})
        found = []
        for row in rows:
            lock = locks.get(row.key_id)
            if lock is not None and row.request_id.startswith(prefix):
                with suppress(CannotOpen):
                    found.append((row, lock.open(row.request_id, row.sealed)))
        return found

    async def drop_beside(self, request_id: str, prefix: str) -> None:
        """Deletes contents with this id prefix that have the same holder and store as `request_id`."""
        place, one = contents.c.request_id, contents.alias()
        same = select(one.c.key_id, one.c.store).where(one.c.request_id == request_id)
        async with self._database.transaction() as transaction:
            for row in await transaction.fetch(same):
                beside = (contents.c.key_id == row.key_id) & (contents.c.store == row.store)
                await transaction.execute(delete(contents).where(beside, place.startswith(prefix)))

    async def drop_all(self, prefix: str) -> None:
        """Deletes contents with an id of this prefix and hexadecimal digits."""
        place = contents.c.request_id
        async with self._database.transaction() as transaction:
            await transaction.execute(delete(contents).where(place >= prefix, place < f"{prefix}g"))

    async def relock(self) -> int:
        """Re-encrypts keys that another of the operator's keys encrypts; returns how many. Raises StoreError.

        An operator's key that no longer encrypts any key may be removed from the configuration.
        """
        if not self._smith.current:
            return 0
        others = content_keys.c.locked_by != self._smith.current
        query = select(content_keys).where(others, content_keys.c.shredded_ms.is_(None))
        done = 0
        for row in await self._database.fetch(query):
            try:
                sealed = self._smith.again(row.key_id, row.locked_by, row.sealed)
            except CannotOpen:
                continue
            same = (content_keys.c.key_id == row.key_id) & (content_keys.c.sealed == row.sealed)
            async with self._database.transaction() as transaction:
                values = {"sealed": sealed, "locked_by": self._smith.current}
                await transaction.execute(update(content_keys).where(same).values(values))
            done += 1
        return done

    async def _locks(self, holders: set[str], now_ms: int) -> dict[str, Lock]:
        found = await self._held(holders)
        missing = holders - found.keys()
        for holder in sorted(missing):
            row = {
                "key_id": holder,
                "locked_by": self._smith.current,
                "sealed": self._smith.make(holder),
                "created_ms": now_ms,
            }
            try:
                async with self._database.transaction() as transaction:
                    await transaction.execute(insert(content_keys), row)
            except StoreConflict:  # another process was first: its key is used
                continue
        if missing:
            found = await self._held(holders)
        return {holder: lock for holder, lock in found.items() if lock is not None}

    async def _held(self, holders: Iterable[str]) -> dict[str, Lock | None]:
        """The holders' keys; None for one that was shredded or cannot be decrypted."""
        rows = await self._database.fetch(select(content_keys).where(content_keys.c.key_id.in_(holders)))
        return {row.key_id: self._opened(row) for row in rows}

    def _opened(self, row: Row[tuple[object, ...]]) -> Lock | None:
        if row.shredded_ms is not None:
            return None
        try:
            return self._smith.open(row.key_id, row.locked_by, row.sealed)
        except CannotOpen:
            return None
