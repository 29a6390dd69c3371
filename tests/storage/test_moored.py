"""SQLite's files may be moved under an open database: nothing is lost, and nothing is written elsewhere."""

import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import Database, open_database
from storage.errors import StoreDown, StoreSlow
from storage.moored import moored

ENDS = ("", "-wal", "-shm")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'a b?.db'}")
    async with database.transaction() as transaction:
        await transaction.execute(text("CREATE TABLE rows (name TEXT PRIMARY KEY)"))
    yield database
    await database.close()


def files(database: Database) -> list[Path]:
    assert database.mooring is not None
    return [Path(database.mooring.path + end) for end in ENDS]


def move(database: Database, *, back: bool = False, ends: int = 3) -> None:
    for path in files(database)[:ends]:
        pair = path, path.with_name(f"away-{path.name}")
        os.rename(*(reversed(pair) if back else pair))


async def write(database: Database, name: str) -> None:
    async with database.transaction() as transaction:
        await transaction.execute(text("INSERT INTO rows VALUES (:name)"), {"name": name})


async def names(database: Database) -> list[str]:
    return [row[0] for row in await database.fetch(text("SELECT name FROM rows ORDER BY name"))]


async def test_nothing_is_written_or_made_while_it_is_away(database: Database) -> None:
    await write(database, "before")
    move(database)
    with pytest.raises(StoreDown):
        await write(database, "away")
    assert await names(database) == ["before"], "what is open can still be read"
    assert not any(path.exists() for path in files(database))
    move(database, back=True)
    await write(database, "after")
    assert await names(database) == ["after", "before"]


async def test_a_new_connection_leaves_the_log_of_a_database_that_was_just_moved(database: Database) -> None:
    await write(database, "before")
    move(database, ends=1)
    async with database.engine.connect():  # the one that is open is taken
        with pytest.raises(StoreDown):
            await names(database)
    assert [path.exists() for path in files(database)] == [False, True, True]
    move(database, back=True, ends=1)
    assert await names(database) == ["before"]


async def test_a_new_connection_makes_no_second_log_beside_the_one_that_is_open(database: Database) -> None:
    await write(database, "before")
    move(database)
    move(database, back=True, ends=1)
    async with database.engine.connect():  # the one that is open is taken
        with pytest.raises(StoreDown):
            await names(database)
    with pytest.raises(StoreDown):
        await write(database, "between")
    for path in files(database)[1:]:
        os.replace(path.with_name(f"away-{path.name}"), path)
    await write(database, "after")
    assert await names(database) == ["after", "before"]


async def test_a_commit_around_which_the_files_moved_is_not_believed(database: Database) -> None:
    with pytest.raises(StoreSlow):
        async with database.transaction() as transaction:
            mooring = database.mooring
            assert mooring is not None
            with mooring.held(transaction.connection.sync):
                move(database)
    move(database, back=True)


async def test_a_database_put_in_its_place_is_opened_at_the_second_try(
    database: Database, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE rows (name TEXT PRIMARY KEY)")
        connection.execute("INSERT INTO rows VALUES ('restored')")
    connection.close()
    move(database)
    other.rename(files(database)[0])
    with pytest.raises(StoreDown):
        await names(database)
    assert await names(database) == ["restored"]
    await write(database, "after")
    assert await names(database) == ["after", "restored"]


def test_the_operators_own_uri_is_left_alone() -> None:
    assert moored("file:x.db?mode=ro") is None
    assert moored(None) is None
