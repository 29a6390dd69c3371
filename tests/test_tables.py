"""Copied tables are those that the migrations make, and no row of anybody is lost by a copy."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from storage import ready
from storage.engine import open_database
from storage.ready import ensure_schema
from tests import tables
from tests.storage.postgres import postgres


@pytest.fixture(autouse=True)
def copying(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The databases whose tables were made by a process of their own."""
    made: list[str] = []

    async def apart(url: object, patience: float) -> None:
        made.append(str(url))
        await original(url, patience)  # type: ignore[arg-type]

    original = tables.APART
    monkeypatch.setattr(tables, "APART", apart)
    monkeypatch.setattr(ready, "_migrate_apart", ready._migrate_apart)
    tables.use()
    yield made


def schema(file: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


async def test_a_copy_has_what_a_migration_makes_and_is_the_way_to_it(
    tmp_path: Path, copying: list[str]
) -> None:
    database = open_database(f"sqlite:///{tmp_path}/copied.db")
    assert await ensure_schema(database) is True
    assert await ensure_schema(database) is False
    assert copying == []
    await tables.APART(make_url(f"sqlite:///{tmp_path}/made.db"), 200.0)
    assert schema(tmp_path / "copied.db") == schema(tmp_path / "made.db") != []
    assert [row[0] for row in await database.fetch(text("PRAGMA journal_mode"))] == ["wal"]
    async with database.transaction() as transaction:
        await transaction.execute(text("DELETE FROM keys"))
    await database.close()


async def test_of_many_that_begin_at_once_none_loses_a_row(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"

    async def begin(number: int) -> None:
        database = open_database(url, deadline=20)
        await ensure_schema(database)
        async with database.transaction() as transaction:
            await transaction.execute(
                text("INSERT INTO account_changes (seq, kind, subject_id, at_ms) VALUES (:n, 'key', 'k', 0)"),
                {"n": number},
            )
        await database.close()

    await asyncio.gather(*(begin(number) for number in range(8)))
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        assert database.execute("SELECT count(*) FROM account_changes").fetchone() == (8,)


async def test_tables_of_another_version_are_migrated(tmp_path: Path, copying: list[str]) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.commit()
    database = open_database(f"sqlite:///{tmp_path}/a.db")
    assert await ensure_schema(database) is True
    assert len(copying) == 1
    await database.close()


async def test_a_place_that_cannot_be_written_is_the_migrations_to_say(copying: list[str]) -> None:
    with pytest.raises(Exception, match="migration of the database failed"):
        await ready._migrate_apart(make_url("sqlite:////proc/no/s.db"), 200.0)
    assert len(copying) == 1


async def test_those_of_postgresql_are_migrated_here(copying: list[str]) -> None:
    with postgres() as url:
        database = open_database(url, deadline=30)
        assert await ensure_schema(database) is True
        assert await ensure_schema(database) is False
        assert (await database.fetch(text("SELECT count(*) FROM keys")))[0][0] == 0
        await database.close()
    assert copying == []
