"""Migrations: they make the tables of the schema, and an installed wheel has them."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from storage.engine import open_database, schema_version
from storage.migrate import migrate
from storage.schema import metadata
from storage.version import SCHEMA_VERSION

ROOT = Path(__file__).parents[2]


def differences(connection: Connection) -> list[object]:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


async def test_migrations_make_exactly_the_tables_of_the_schema(tmp_path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/a.db", deadline=10.0)
    await migrate(database)
    assert await schema_version(database) == SCHEMA_VERSION
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await migrate(database)  # a second time there is nothing to do
    await database.close()


async def test_a_migration_that_fails_leaves_no_table_behind(tmp_path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/a.db", deadline=10.0)
    async with database.transaction() as transaction:
        await transaction.connection.exec_driver_sql("CREATE TABLE keys (x)")
    with pytest.raises(OperationalError, match="already exists"):
        await migrate(database)
    assert await schema_version(database) is None
    tables = await database.fetch(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
    assert [row.name for row in tables] == ["keys"]
    await database.close()


def test_the_command_says_how_it_is_used() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "storage.migrate"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert run.stderr.startswith("usage: python -m storage.migrate URL")


def test_the_scripts_lie_within_a_package_that_the_wheel_takes_whole() -> None:
    assert (ROOT / "storage" / "migrations" / "env.py").is_file()
    assert list((ROOT / "storage" / "migrations" / "versions").glob("*.py"))
    assert '"storage"' in (ROOT / "pyproject.toml").read_text().split("[tool.hatch.build.targets.wheel]")[1]
