"""Claims due runs on PostgreSQL in one round trip."""

from agentloop import events as e
from agentloop.records import RunRecord, bodies_of
from storage.engine import Database

# Runs are due as defined in `agentloop.journal`; concurrent claims skip each other's rows.
_CLAIM = """
WITH due AS (
    SELECT id, updated_ms AS since FROM runs
    WHERE status = 'queued' OR (status = 'running' AND lease_ms < CAST($1 AS bigint))
        OR (status = 'waiting' AND wake_ms BETWEEN 1 AND CAST($1 AS bigint))
    ORDER BY updated_ms LIMIT CAST($2 AS bigint) FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE runs SET epoch = runs.epoch + 1, head = runs.head + 1, status = 'running', reason = '',
        worker = CAST($3 AS text), lease_ms = CAST($4 AS bigint), updated_ms = CAST($1 AS bigint)
    FROM due WHERE runs.id = due.id
    RETURNING runs.*, due.since
), written AS (
    INSERT INTO run_events (run_id, seq, epoch, kind, at_ms, body)
    SELECT id, head - 1, epoch, CAST($5 AS text), CAST($1 AS bigint), CAST($6 AS text) FROM claimed
)
SELECT * FROM claimed ORDER BY since
"""
_BURY = """
UPDATE runs SET lease_ms = 0 WHERE status = 'running' AND worker = ANY(CAST($1 AS text[])) AND lease_ms > 0
"""
_FIELDS = RunRecord.__struct_fields__


async def claimed(database: Database, worker: str, now_ms: int, until_ms: int, most: int) -> list[RunRecord]:
    """Claims at most `most` due runs, oldest first, and journals each claim. Raises StoreError."""
    [(kind, body)] = bodies_of([e.RunClaimed(worker)])
    found = await database.alone(_CLAIM, now_ms, most, worker, until_ms, kind, body)
    return [RunRecord(*(row[name] for name in _FIELDS)) for row in found]


async def buried(database: Database, workers: list[str]) -> int:
    """Makes the runs of these workers due at once; their number. Raises StoreError."""
    return await database.count_alone(_BURY, workers)
