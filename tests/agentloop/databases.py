"""A database with all tables, of either engine, for tests of runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import delete

from agentloop.choke import Door
from storage.engine import Database, open_database
from storage.ready import ensure_schema
from storage.schema import run_events, runs
from tests.agentloop.prefixes import check_every_prefix


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder}/runs.db"


@asynccontextmanager
async def opened(url: str, *, replays: bool = False) -> AsyncIterator[Database]:
    """The database at the URL, with no run in it. With `replays` what a test left there is replayed."""
    database = open_database(url, deadline=30.0)
    try:
        await ensure_schema(database)
        async with database.transaction() as transaction:
            await transaction.execute(delete(run_events))
            await transaction.execute(delete(runs))
        yield database
        if replays:
            await check_every_prefix(database, Door(lambda schema, value: None))
    finally:
        await database.close()
