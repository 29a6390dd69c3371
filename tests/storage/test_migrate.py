"""Migrations: they make the tables of the schema, and an installed wheel has them."""

import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
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
        await transaction.execute(text("CREATE TABLE keys (x)"))
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


def test_an_installed_wheel_has_its_migrations(tmp_path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "installed")
    url = f"sqlite:///{tmp_path}/a.db"
    run = subprocess.run(
        [sys.executable, "-P", "-m", "storage.migrate", url],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    with closing(sqlite3.connect(tmp_path / "a.db")) as made:
        assert made.execute("SELECT version_num FROM alembic_version").fetchone() == (SCHEMA_VERSION,)
