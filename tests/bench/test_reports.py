"""The report's benchmark fills what it says, and times the report that users see."""

from pathlib import Path

from bench.reports import MODELS, TEAMS, measure
from ledger.months import month_at
from storage.engine import open_database
from storage.schema import metadata
from tests.storage.postgres import postgres


async def test_it_fills_a_month_on_both_engines(tmp_path: Path) -> None:
    with postgres() as url:
        for place in (f"sqlite:///{tmp_path}/a.db", url):
            database = open_database(place, deadline=30.0)
            async with database.engine.begin() as connection:
                await connection.run_sync(metadata.create_all)
            timed = await measure(database, 4000, 40, month_at(1_790_000_000_000).starts_ms)
            assert (timed.rows, timed.lines) == (4000, TEAMS * MODELS)
            assert timed.lines <= timed.hours <= 4000 and 0 < timed.best <= timed.worst
            await database.close()
