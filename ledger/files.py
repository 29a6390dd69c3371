"""The records of files that this installation stores, and their owners; contents are elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import delete, insert, select

from ledger.paging import page
from storage.engine import Database
from storage.schema import batches, files

# States in which a batch has not ended, and still needs its input.
AT_WORK = ("validating", "in_progress", "finalizing", "cancelling")


class KeptFile(msgspec.Struct, frozen=True):
    """One file. `blob` is the name under which its content is stored."""

    id: str
    team: str
    purpose: str  # batch | batch_output
    filename: str
    bytes: int
    blob: str
    created_ms: int
    expires_ms: int
    key_id: str = ""  # the key that uploaded it; "": unknown


@dataclass(frozen=True, slots=True)
class Files:
    """The file records in the database. Raises `StoreError` if it fails. `clock` returns Unix seconds."""

    database: Database
    clock: Callable[[], float]

    async def add(self, file: KeptFile) -> None:
        """Record a file; its content must be stored already."""
        async with self.database.transaction() as transaction:
            await transaction.execute(insert(files), msgspec.structs.asdict(file))

    async def get(self, file_id: str, team: str | None) -> KeptFile | None:
        """The team's own, unexpired file; None for any other. Without a team: any file, even if expired."""
        query = select(files).where(files.c.id == file_id)
        if team is not None:
            query = query.where(files.c.team == team, files.c.expires_ms > self.clock() * 1000)
        rows = await self.database.fetch(query)
        return KeptFile(**rows[0]._asdict()) if rows else None

    async def list(
        self, team: str, *, purpose: str | None = None, limit: int = 20, after: str | None = None
    ) -> tuple[list[KeptFile], bool]:
        """A team's files, newest first; whether more follow. Raises `NotFound` if `after` is unknown."""
        query = select(files).where(files.c.team == team, files.c.expires_ms > self.clock() * 1000)
        if purpose is not None:
            query = query.where(files.c.purpose == purpose)
        rows, more = await page(self.database, query, files, limit, after)
        return [KeptFile(**row._asdict()) for row in rows], more

    async def used(self, file_id: str) -> bool:
        """Whether it is the input of a batch that has not ended."""
        using = select(batches.c.id).where(batches.c.input_file_id == file_id, batches.c.status.in_(AT_WORK))
        return bool(await self.database.fetch(using.limit(1)))

    async def forget(self, *file_ids: str) -> None:
        """Delete these records."""
        async with self.database.transaction() as transaction:
            await transaction.execute(delete(files).where(files.c.id.in_(file_ids)))

    async def expired(self, limit: int = 100) -> Sequence[KeptFile]:
        """Up to `limit` expired files that no unfinished batch needs."""
        needed = select(batches.c.input_file_id).where(batches.c.status.in_(AT_WORK))
        query = select(files).where(files.c.expires_ms <= int(self.clock() * 1000), files.c.id.not_in(needed))
        rows = await self.database.fetch(query.limit(limit))
        return [KeptFile(**row._asdict()) for row in rows]

    async def known(self, blobs: Sequence[str]) -> set[str]:
        """Which of these contents belong to a file."""
        rows = await self.database.fetch(select(files.c.blob).where(files.c.blob.in_(blobs)))
        return {str(row.blob) for row in rows}
