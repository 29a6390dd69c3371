"""Deletes stored contents: when they expire, or together with their holder's key."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select, update

from storage.engine import Database, Transaction
from storage.schema import content_keys, contents

_BATCH = 500  # rows per statement: SQLite's writers wait for each other


async def expire(database: Database, now_ms: int) -> int:
    """Delete expired contents in small batches; returns how many. Raises StoreError."""
    gone = 0
    while True:
        due = select(contents.c.request_id).where(contents.c.expires_ms <= now_ms).limit(_BATCH)
        names = [row[0] for row in await database.fetch(due)]
        if names:
            async with database.transaction() as transaction:
                await transaction.execute(delete(contents).where(contents.c.request_id.in_(names)))
        gone += len(names)
        if len(names) < _BATCH:
            return gone


async def shred(transaction: Transaction, holders: Sequence[str], now_ms: int) -> int:
    """Destroy the content keys of these holders, and bar those without one from getting one.

    Returns how many keys existed.
    """
    live = content_keys.c.key_id.in_(holders) & content_keys.c.shredded_ms.is_(None)
    gone = {"sealed": b"", "locked_by": "", "shredded_ms": now_ms}
    found = await transaction.execute(update(content_keys).where(live).values(gone))
    there = await transaction.fetch(select(content_keys.c.key_id).where(content_keys.c.key_id.in_(holders)))
    if missing := set(holders) - {row[0] for row in there}:
        rows = [{"key_id": holder, "created_ms": now_ms, **gone} for holder in sorted(missing)]
        await transaction.execute(insert(content_keys), rows)
    return found.rowcount
