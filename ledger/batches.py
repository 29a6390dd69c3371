"""Batches that the gateway runs: their worker's lease, their progress, their legal transitions."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import delete, insert, select, update

from ledger.files import AT_WORK, KeptFile
from ledger.paging import page
from storage.engine import Database, Transaction
from storage.errors import StoreConflict
from storage.schema import batch_lines, batches, files

# The states from which each can be reached: https://platform.openai.com/docs/guides/batch
BEFORE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "in_progress": ("validating",),
        "cancelling": ("validating", "in_progress"),
        "finalizing": ("in_progress",),
        "completed": ("finalizing",),
        "expired": ("finalizing",),
        "cancelled": ("cancelling",),
        "failed": ("validating", "in_progress", "finalizing"),
    }
)


class LeaseLost(Exception):
    """Another worker has taken over the batch; this one's writes no longer count."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one batch. Times are Unix milliseconds."""

    id: str
    team: str
    key_id: str
    endpoint: str
    input_file_id: str
    completion_window: str
    created_ms: int
    expires_ms: int
    status: str = "validating"
    metadata: str = ""
    errors: str = ""
    output_file_id: str | None = None
    error_file_id: str | None = None
    total: int = 0
    completed: int = 0
    failed: int = 0
    in_progress_ms: int | None = None
    finalizing_ms: int | None = None
    completed_ms: int | None = None
    failed_ms: int | None = None
    expired_ms: int | None = None
    cancelling_ms: int | None = None
    cancelled_ms: int | None = None

    @property
    def at_work(self) -> bool:
        """Whether the batch has not ended yet."""
        return self.status in AT_WORK


class Lease(NamedTuple):
    """The right to work on a batch, until another worker gets a higher fence (fencing token)."""

    batch_id: str
    fence: int


class Recorded(NamedTuple):
    """The result of one line."""

    line: int
    ok: bool
    text: str  # JSON, as written to the output or error file


_BATCH = select(*(batches.c[name] for name in Batch.__struct_fields__))


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches in the database. Raises `StoreError` if it fails. `clock` returns Unix seconds."""

    database: Database
    clock: Callable[[], float]

    async def add(self, batch: Batch) -> None:
        """Enqueue a batch for any free worker."""
        async with self.database.transaction() as transaction:
            await transaction.execute(
                insert(batches), {**msgspec.structs.asdict(batch), "lease_until_ms": 0, "fence": 0}
            )

    async def get(self, batch_id: str, team: str | None = None) -> Batch | None:
        """The batch; None if there is none, or if it is another team's."""
        query = _BATCH.where(batches.c.id == batch_id)
        rows = await self.database.fetch(query if team is None else query.where(batches.c.team == team))
        return _batch(rows[0]) if rows else None

    async def list(
        self, team: str | None, *, endpoint: str | None = None, limit: int = 20, after: str | None = None
    ) -> tuple[list[Batch], bool]:
        """The batches of a team or of all (None), newest first; whether more follow.

        Raises `NotFound` if `after` is unknown.
        """
        query = _BATCH if team is None else _BATCH.where(batches.c.team == team)
        if endpoint is not None:
            query = query.where(batches.c.endpoint == endpoint)
        rows, more = await page(self.database, query, batches, limit, after)
        return [_batch(row) for row in rows], more

    async def cancel(self, batch_id: str) -> bool:
        """Ask its worker to stop; False if it is too late."""
        async with self.database.transaction() as transaction:
            done = await transaction.execute(
                update(batches)
                .where(batches.c.id == batch_id, batches.c.status.in_(BEFORE["cancelling"]))
                .values(status="cancelling", cancelling_ms=self._now())
            )
            return done.rowcount > 0

    async def claim(self, seconds: float, without: Collection[str] = ()) -> tuple[Batch, Lease] | None:
        """Lease the oldest free batch for so many seconds, except those `without`; None if there is none."""
        now = self._now()
        free = _BATCH.add_columns(batches.c.fence).where(
            batches.c.status.in_(AT_WORK), batches.c.lease_until_ms < now, batches.c.id.not_in(without)
        )
        # Read first: most polls find nothing, and a poll must not take SQLite's only write lock.
        if not await self.database.fetch(free.limit(1)):
            return None
        async with self.database.transaction() as transaction:
            rows = await transaction.fetch(
                free.order_by(batches.c.created_ms).limit(1).with_for_update(skip_locked=True)
            )
            if not rows:
                return None
            lease = Lease(rows[0].id, rows[0].fence + 1)
            await transaction.execute(
                update(batches)
                .where(batches.c.id == lease.batch_id)
                .values(fence=lease.fence, lease_until_ms=now + int(seconds * 1000))
            )
            return _batch(rows[0]), lease

    async def renew(self, lease: Lease, seconds: float) -> Batch:
        """Extend the lease to so many seconds from now; returns the batch's state. Raises `LeaseLost`."""
        async with self.database.transaction() as transaction:
            await _write(transaction, lease, lease_until_ms=self._now() + int(seconds * 1000))
            rows = await transaction.fetch(_BATCH.where(batches.c.id == lease.batch_id))
            return _batch(rows[0])

    async def release(self, lease: Lease) -> None:
        """Give up the lease, so that another worker can claim the batch at once. Raises `LeaseLost`."""
        async with self.database.transaction() as transaction:
            await _write(transaction, lease, lease_until_ms=0)

    async def begin(self, lease: Lease, total: int) -> bool:
        """Start a validated batch of `total` lines; False if it was cancelled. Raises `LeaseLost`."""
        async with self.database.transaction() as transaction:
            return await self._move(transaction, lease, "in_progress", total=total)

    async def finalize(self, lease: Lease) -> bool:
        """Mark that no more lines will be sent; False if it was cancelled. Raises `LeaseLost`."""
        async with self.database.transaction() as transaction:
            return await self._move(transaction, lease, "finalizing")

    async def record(self, lease: Lease, *lines: Recorded) -> None:
        """Store the results of lines; idempotent. Raises `LeaseLost`."""
        answered = sum(line.ok for line in lines)
        try:
            async with self.database.transaction() as transaction:
                await _write(
                    transaction,
                    lease,
                    completed=batches.c.completed + answered,
                    failed=batches.c.failed + len(lines) - answered,
                )
                rows = [{"batch_id": lease.batch_id, **line._asdict()} for line in lines]
                await transaction.execute(insert(batch_lines), rows)
        except StoreConflict:
            # An earlier, unconfirmed write took effect: retry one by one, to store those that are missing.
            for line in lines if len(lines) > 1 else ():
                await self.record(lease, line)

    async def done(self, batch_id: str) -> set[int]:
        """The numbers of the lines that have a result."""
        rows = await self.database.fetch(select(batch_lines.c.line).where(batch_lines.c.batch_id == batch_id))
        return {int(row.line) for row in rows}

    async def recorded(self, batch_id: str, after: int, limit: int = 200) -> Sequence[Recorded]:
        """The results of the lines after number `after`, in order."""
        rows = await self.database.fetch(
            select(batch_lines.c.line, batch_lines.c.ok, batch_lines.c.text)
            .where(batch_lines.c.batch_id == batch_id, batch_lines.c.line > after)
            .order_by(batch_lines.c.line)
            .limit(limit)
        )
        return [Recorded(row.line, row.ok, row.text) for row in rows]

    async def finish(
        self, lease: Lease, status: str, errors: str = "", made: Sequence[KeptFile | None] = (None, None)
    ) -> bool:
        """End it with its output and error files (`made`); False if the transition is not allowed.

        Raises `LeaseLost`.
        """
        output, failed = made
        async with self.database.transaction() as transaction:
            moved = await self._move(
                transaction,
                lease,
                status,
                errors=errors,
                output_file_id=output.id if output is not None else None,
                error_file_id=failed.id if failed is not None else None,
            )
            if moved and (new := [msgspec.structs.asdict(file) for file in made if file is not None]):
                await transaction.execute(insert(files), new)
            return moved

    async def forget_lines(self, most: int = 1000) -> bool:
        """Delete up to `most` lines of an ended batch, whose files hold them; whether more may remain."""
        needed = select(batches.c.id).where(batches.c.status.in_(AT_WORK))
        one = await self.database.fetch(
            select(batch_lines.c.batch_id).where(batch_lines.c.batch_id.not_in(needed)).limit(1)
        )
        if not one:
            return False
        ours = batch_lines.c.batch_id == one[0].batch_id
        # In portions: a statement has a deadline, and so do those that wait for SQLite's only writer.
        lines = select(batch_lines.c.line).where(ours).order_by(batch_lines.c.line).limit(most)
        async with self.database.transaction() as transaction:
            await transaction.execute(
                delete(batch_lines).where(ours, batch_lines.c.line.in_(lines.scalar_subquery()))
            )
        return True

    async def forget(self, batch_id: str) -> bool:
        """Delete a batch; False if it has not ended."""
        async with self.database.transaction() as transaction:
            done = await transaction.execute(
                delete(batches).where(batches.c.id == batch_id, batches.c.status.not_in(AT_WORK))
            )
            return done.rowcount > 0

    async def forget_older(self, than_ms: int) -> None:
        """Delete the ended batches created before `than_ms`."""
        async with self.database.transaction() as transaction:
            await transaction.execute(
                delete(batches).where(batches.c.status.not_in(AT_WORK), batches.c.created_ms < than_ms)
            )

    def _now(self) -> int:
        return int(self.clock() * 1000)

    async def _move(self, transaction: Transaction, lease: Lease, to: str, **values: Any) -> bool:
        stands = await transaction.fetch(
            select(batches.c.status, batches.c.fence).where(batches.c.id == lease.batch_id).with_for_update()
        )
        if not stands or stands[0].fence != lease.fence:
            raise LeaseLost
        if stands[0].status not in BEFORE[to]:
            return False
        await _write(transaction, lease, status=to, **{f"{to}_ms": self._now()}, **values)
        return True


async def _write(transaction: Transaction, lease: Lease, **values: Any) -> None:
    done = await transaction.execute(
        update(batches).where(batches.c.id == lease.batch_id, batches.c.fence == lease.fence).values(**values)
    )
    if not done.rowcount:
        raise LeaseLost


def _batch(row: Any) -> Batch:
    return Batch(**{name: getattr(row, name) for name in Batch.__struct_fields__})
