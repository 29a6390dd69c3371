"""Notices to be sent once across all processes: whichever inserts one first sends it."""

from typing import NamedTuple

from sqlalchemy import insert, select, text, update

from storage.engine import Database
from storage.schema import alerts

MOST_TRIES = 10
LEASE_MS = 30_000  # for one try; if its process dies, another takes over after this
_LONGEST_MS = 600_000  # longest pause between tries


class Notice(NamedTuple):
    """One notice to send. `id` identifies duplicates."""

    id: str
    at_ms: int
    body: str  # JSON, as it is sent
    tries: int = 0
    next_ms: int = 0


class Notices:
    """The notices in the database. Raises `StoreError` if it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enter(self, notice: Notice, *, send: bool) -> bool:
        """Store the notice; False if it already was. With `send` it is due at once, otherwise never."""
        next_ms = notice.at_ms if send else 0
        async with self._database.transaction() as transaction:
            found = await transaction.fetch(select(alerts.c.id).where(alerts.c.id == notice.id))
            if found:
                return False
            if self._database.dialect == "postgresql":  # concurrent writers of the same notice wait here
                await transaction.execute(text("LOCK TABLE alerts IN SHARE ROW EXCLUSIVE MODE"))
                if await transaction.fetch(select(alerts.c.id).where(alerts.c.id == notice.id)):
                    return False
            await transaction.execute(insert(alerts), notice._replace(next_ms=next_ms)._asdict())
        return True

    async def due(self, now_ms: int) -> list[Notice]:
        """Lease up to 20 notices that are due: no other process sends them during the lease."""
        query = select(alerts).where(alerts.c.next_ms > 0, alerts.c.next_ms <= now_ms)
        taken = []
        for row in await self._database.fetch(query.order_by(alerts.c.next_ms).limit(20)):
            mine = (alerts.c.id == row.id) & (alerts.c.next_ms == row.next_ms)
            values = {"tries": row.tries + 1, "next_ms": now_ms + LEASE_MS}
            async with self._database.transaction() as transaction:
                done = await transaction.execute(update(alerts).where(mine).values(values))
                if done.rowcount == 1:
                    taken.append(Notice(row.id, row.at_ms, row.body, **values))
        return taken

    async def sent(self, notice: Notice) -> None:
        """Mark the notice as delivered: it is not sent again."""
        await self._next(notice, 0)

    async def failed(self, notice: Notice, now_ms: int) -> bool:
        """Schedule a retry, with exponential backoff; False: there are no further tries."""
        if notice.tries >= MOST_TRIES:
            await self._next(notice, 0)
            return False
        await self._next(notice, now_ms + min(_LONGEST_MS, 2_000 << notice.tries))
        return True

    async def _next(self, notice: Notice, next_ms: int) -> None:
        async with self._database.transaction() as transaction:
            mine = (alerts.c.id == notice.id) & (alerts.c.next_ms == notice.next_ms)
            await transaction.execute(update(alerts).where(mine).values(next_ms=next_ms))
