"""A database with all tables, of either engine, for tests of runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import delete

from storage.engine import Database, open_database
from storage.ready import ensure_schema
from storage.schema import run_events, runs


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder}/runs.db"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database at the URL, with no run in it."""
    database = open_database(url, deadline=30.0)
    try:
        await ensure_schema(database)
        async with database.transaction() as transaction:
            await transaction.execute(delete(run_events))
            await transaction.execute(delete(runs))
        yield database
    finally:
        await database.close()
