"""Migrations: they make the tables of the schema, and an installed wheel has them."""

import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec.structs import replace
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import OperationalError

from ledger.alike import gathered
from ledger.statements import OWN, SHARED
from storage.engine import Transaction, open_database, schema_version
from storage.migrate import alembic_config, migrate
from storage.schema import metadata, usage, usage_hourly
from storage.version import SCHEMA_VERSION
from tests.ledger.facts import ROW
from tests.storage.postgres import postgres

ROOT = Path(__file__).parents[2]
_TOKEN_CLASSES = ("cache_write_1h_tokens", "input_image_tokens", "output_image_tokens", "cached_audio_tokens")


def differences(connection: Connection) -> list[object]:
    """What the schema does not list aside (partitions, a partial index), and what it says to SQLite alone."""
    found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    if connection.dialect.name == "postgresql":
        found = [each for each in found if not (each[0] == "add_fk" and each[1].table.name == "run_events")]
    return [each for each in found if not _of_a_partition(each)]


def _of_a_partition(difference: Any) -> bool:
    what, thing = difference[:2]
    table = thing.table if what == "remove_index" else thing
    return what in ("remove_table", "remove_index") and (
        table.name.startswith("usage_") or thing.name == "usage_unsent"
    )


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


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that is empty."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/a.db"
        return
    with postgres() as running:
        yield running


async def test_rows_of_the_first_version_are_kept(url: str) -> None:
    database = open_database(url, deadline=20.0)
    async with database.transaction() as transaction:
        await transaction.connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "0001"))
        later = ("units", "unit", "saved_nano", "unsure_nano", *_TOKEN_CLASSES)
        before = [column.name for column in usage.c if column.name not in later]
        [alike] = gathered([ROW], "b1")
        row = dict(zip(SHARED + OWN, alike.shared + alike.own[0], strict=True))
        values = {name: row[name] for name in before}
        names = ", ".join(f'"{name}"' for name in before)
        await transaction.execute(
            text(f"INSERT INTO usage ({names}) VALUES ({', '.join(f':{name}' for name in before)})"), values
        )
    await migrate(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    [row] = await database.fetch(select(usage))
    assert (row.attempt_id, row.cost_nano, row.units, row.unit) == ("req_0.1", 21_000, 0, "")
    assert row.saved_nano == 0
    await database.close()


async def test_units_that_no_hour_counted_are_added_up(url: str) -> None:
    later = ("saved_nano", "unsure_nano", *_TOKEN_CLASSES)
    drawn = {"vendor": "openai", "model_served": "draw", "endpoint": "images"}
    rows = [
        replace(ROW, attempt_id=f"req_{n}.1", units=units, unit=unit, **(drawn if unit == "image" else {}))
        for n, (units, unit) in enumerate([(2, "image"), (3, "image"), (40, "second"), (0, "")])
    ]
    database = open_database(url, deadline=20.0)
    async with database.transaction() as transaction:
        await transaction.connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "0002"))
        groups = gathered(rows, "b1")
        for alike in groups:
            for own in alike.own:
                values = dict(zip(SHARED + OWN, alike.shared + own, strict=True))
                await insert(transaction, "usage", {k: v for k, v in values.items() if k not in later})
            columns = [column.name for column in usage_hourly.c]
            hour = dict(zip(columns, alike.counted(), strict=True))
            if alike.shared[SHARED.index("unit")] != "second":  # of the same hour as the one without a unit
                await insert(
                    transaction,
                    "usage_hourly",
                    {k: hour[k] for k in columns[: columns.index("cost_nano") + 1] if k != "cache_hits"},
                )
    await migrate(database)
    found = await database.fetch(
        select(usage_hourly.c.endpoint, usage_hourly.c.images, usage_hourly.c.seconds)
    )
    assert sorted(map(tuple, found)) == [("chat", 0, 40), ("images", 5, 0)]
    await database.close()


async def insert(transaction: Transaction, table: str, values: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(f":{name}" for name in values)
    await transaction.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)
