"""Migrates a database to this version: `python -m storage.migrate URL`, or `-` to read the URL."""

import asyncio
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from storage.engine import Database, open_database
from storage.errors import StoreError

_PATIENCE = 60.0  # seconds to wait for another process that is migrating the database
_LOCK = 0x5B0C  # PostgreSQL's advisory lock for migrations: any number, the same in every process


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration without an ini file; the scripts are beside this file, also in a wheel."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def migrate(database: Database) -> None:
    """Run missing migrations in one transaction, behind a lock: one process migrates, others wait."""
    async with database.transaction() as transaction:
        if database.dialect == "postgresql":
            await transaction.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await transaction.connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "head"))


async def _main(url: str) -> None:
    database = open_database(url, deadline=_PATIENCE)
    try:
        await migrate(database)
    finally:
        await database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m storage.migrate URL   (or - to read the URL from standard input)")
    try:
        asyncio.run(_main(sys.stdin.readline().strip() if sys.argv[1] == "-" else sys.argv[1]))
    except (StoreError, DBAPIError) as error:
        # One line: the parent reads the last line, which in SQLAlchemy's messages is a link to its manual.
        sys.exit(str(getattr(error, "orig", error)))
