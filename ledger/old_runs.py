"""Deletes journals of agent runs after their retention."""

from sqlalchemy import delete, select

from storage.engine import Database
from storage.schema import run_events, runs

ENDED = ("completed", "incomplete", "failed", "rejected", "cancelled", "expired")

_BATCH = 200  # runs per transaction: SQLite's writers wait for each other


async def drop_old_runs(database: Database, team: str, before_ms: int) -> int:
    """Delete a team's runs that ended before then, with their journals; how many. Raises StoreError."""
    # Both times are compared, because the index has the start time.
    over = (runs.c.created_ms < before_ms) & (runs.c.updated_ms < before_ms)
    due = select(runs.c.id).where((runs.c.team == team) & over & runs.c.status.in_(ENDED)).limit(_BATCH)
    gone = 0
    while names := [row[0] for row in await database.fetch(due)]:
        async with database.transaction() as transaction:
            await transaction.execute(delete(run_events).where(run_events.c.run_id.in_(names)))
            await transaction.execute(delete(runs).where(runs.c.id.in_(names)))
        gone += len(names)
    return gone
