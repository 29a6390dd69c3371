"""The words of partial indexes are those by which both engines use them."""

from pathlib import Path

from sqlalchemy import text

from storage.conditions import UNSENT
from storage.engine import open_database
from storage.schema import metadata
from tests.storage.postgres import postgres

QUESTION = f"SELECT attempt_id FROM usage WHERE {UNSENT} AND at_ms >= 7"


async def test_sqlite_finds_what_was_not_sent_by_its_index(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/a.db", deadline=10.0)
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    plan = await database.fetch(text(f"EXPLAIN QUERY PLAN {QUESTION}"))
    await database.close()
    assert ["USING INDEX usage_unsent" in str(step) for step in plan] == [True]


async def test_postgresql_does_too() -> None:
    with postgres() as url:
        database = open_database(url, deadline=10.0)
        async with database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            # An empty table is read whole, whatever there is.
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = (await connection.execute(text(f"EXPLAIN {QUESTION}"))).scalars().all()
        await database.close()
    assert any("usage_unsent" in step for step in plan), plan
