"""Opening and using a database: deadlines, whole transactions, private files."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import AsyncExitStack, closing

import pytest
from sqlalchemy import func, insert, select, text

from storage.engine import (
    UnknownDatabase,
    is_current,
    missing_file,
    open_database,
    parse_url,
    schema_version,
)
from storage.errors import StoreConflict, StoreDown, StoreSlow, StoreTooNew
from storage.schema import account_changes, organisations, teams
from storage.version import SCHEMA_VERSION
from tests.ledger.world import opened
from tests.patience import ARRIVAL_SECONDS, TooLong, patient, within

ORG = {"id": "o", "name": "acme", "created_ms": 0}


@pytest.fixture
async def database(tmp_path):
    async with opened(tmp_path / "a.db", 0.3) as made:
        yield made


async def count(database) -> int:
    return (await database.fetch(select(func.count()).select_from(organisations)))[0][0]


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite"),
        ("sqlite:////abs/x.db", "sqlite+aiosqlite"),
        ("postgres://u@h/d", "postgresql+asyncpg"),
        ("postgresql://u@h/d", "postgresql+asyncpg"),
    ],
)
def test_a_url_gets_the_driver_we_use(url, driver) -> None:
    assert parse_url(url).drivername == driver


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://u:secret@h/d", "sqlite://", "sqlite:///:memory:"])
def test_a_url_we_cannot_use_is_refused_with_what_is_allowed(url) -> None:
    with pytest.raises(UnknownDatabase) as refusal:
        parse_url(url)
    assert "secret" not in str(refusal.value)


async def test_sqlite_is_set_up_for_many_readers_and_one_writer(database) -> None:
    settings = {
        name: (await database.fetch(text(f"PRAGMA {name}")))[0][0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 240}


async def test_nobody_else_can_read_the_file_or_its_journals(tmp_path, database) -> None:
    async with database.transaction() as transaction:
        await transaction.execute(insert(organisations), ORG)
        files = list(tmp_path.iterdir())
        assert len(files) == 3
        assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}


async def test_a_file_that_cannot_be_made_is_down_with_its_reason(tmp_path) -> None:
    with pytest.raises(StoreDown, match="No such file or directory"):
        open_database(f"sqlite:///{tmp_path}/nowhere/a.db")


async def test_opening_it_once_more_leaves_the_log_to_who_has_it_open(tmp_path, database) -> None:
    async with database.transaction() as transaction:
        await transaction.execute(insert(organisations), ORG)
    await open_database(f"sqlite:///{tmp_path}/a.db").close()
    another = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM teams'); c.close()"
    )
    command = [sys.executable, "-c", another, str(tmp_path / "a.db")]
    await asyncio.to_thread(subprocess.run, command, check=True)
    assert (tmp_path / "a.db-wal").exists()
    async with database.transaction() as transaction:
        await transaction.execute(insert(organisations), ORG | {"id": "o2", "name": "another"})
    assert await count(database) == 2


async def test_a_transaction_is_whole_or_not_at_all(database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as transaction:
            await transaction.execute(insert(organisations), ORG)
            raise ZeroDivisionError
    assert await count(database) == 0
    async with database.transaction() as transaction:
        await transaction.execute(insert(organisations), ORG)
    assert await count(database) == 1


async def test_a_broken_constraint_is_a_conflict(database) -> None:
    with pytest.raises(StoreConflict):
        async with database.transaction() as transaction:
            await transaction.execute(insert(organisations), [ORG, ORG])
    with pytest.raises(StoreConflict):
        async with database.transaction() as transaction:
            row = {"id": "t", "organisation_id": "nobody", "name": "t", "created_ms": 0}
            await transaction.execute(insert(teams), row)


async def test_what_a_block_raises_itself_is_not_blamed_on_the_database(database) -> None:
    with pytest.raises(TimeoutError):
        async with database.transaction():
            raise TimeoutError


def add_one(connection: sqlite3.Connection) -> int:
    return connection.execute("INSERT INTO organisations VALUES ('o', 'acme', 0)").rowcount


async def test_a_visit_is_a_part_of_its_transaction(database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as transaction:
            assert await transaction.visit(add_one) == 1
            raise ZeroDivisionError
    assert await count(database) == 0
    async with database.transaction() as transaction:
        await transaction.visit(add_one)
    assert await count(database) == 1


async def test_a_visit_that_breaks_a_constraint_is_a_conflict_and_leaves_nothing(database) -> None:
    with pytest.raises(StoreConflict):
        async with database.transaction() as transaction:
            await transaction.visit(lambda connection: (add_one(connection), add_one(connection)))
    assert await count(database) == 0


async def test_a_visit_that_takes_too_long_is_slow_and_leaves_nothing(database) -> None:
    def dawdle(connection: sqlite3.Connection) -> None:
        add_one(connection)
        time.sleep(0.5)
        add_one(connection)

    with pytest.raises(StoreSlow):
        async with database.transaction() as transaction:
            await transaction.visit(dawdle)
    assert await count(database) == 0
    async with database.transaction() as transaction:
        await transaction.visit(add_one)
    assert await count(database) == 1


async def test_writers_take_turns(tmp_path) -> None:
    async def add() -> None:
        async with database.transaction() as transaction:
            last = (await transaction.fetch(select(func.coalesce(func.max(account_changes.c.seq), 0))))[0][0]
            row = {"seq": last + 1, "kind": "key", "subject_id": "k", "at_ms": 0}
            await transaction.execute(insert(account_changes), row)

    async with opened(tmp_path / "a.db", ARRIVAL_SECONDS) as database:
        await asyncio.gather(*(add() for _ in range(5)))
        assert (await database.fetch(select(func.max(account_changes.c.seq))))[0][0] == 5


@patient
async def test_a_writer_waits_for_another_only_until_the_deadline_and_readers_do_not(
    tmp_path, database
) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await count(database) == 0
        with within(1.0), pytest.raises(StoreSlow):
            async with database.transaction():
                pytest.fail("the lock is taken before the block begins")


@patient
async def test_a_statement_that_takes_too_long_is_slow_and_the_next_one_works(database) -> None:
    endless = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) "
        "SELECT max(i) FROM n"
    )
    with pytest.raises(StoreSlow):
        await database.fetch(endless)
    try:
        assert await count(database) == 0
    except StoreSlow as late:
        raise TooLong("the next one") from late


async def test_a_full_pool_is_slow_not_endless(tmp_path) -> None:
    async with opened(tmp_path / "a.db", 0.1) as database:
        async with AsyncExitStack() as held:
            for _ in range(15):
                await held.enter_async_context(database.engine.connect())
            with pytest.raises(StoreSlow):
                await count(database)
        assert await count(database) == 0


@pytest.mark.parametrize(
    ("written", "current"),
    [pytest.param("0000", False, id="older"), pytest.param(SCHEMA_VERSION, True, id="ours")],
)
async def test_the_version_of_the_tables_is_compared(database, written, current) -> None:
    assert await schema_version(database) is None
    await write_version(database, written)
    assert await is_current(database) is current


async def test_a_database_of_a_newer_release_is_refused(database) -> None:
    await write_version(database, "0999")
    with pytest.raises(StoreTooNew, match="start a newer Signalbox"):
        await is_current(database)


async def write_version(database, version: str) -> None:
    async with database.transaction() as transaction:
        await transaction.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        await transaction.execute(text(f"INSERT INTO alembic_version VALUES ('{version}')"))


async def test_a_file_that_is_no_database_is_down(tmp_path) -> None:
    file = tmp_path / "a.db"
    file.write_bytes(b"this is a letter, not a database" * 100)
    os.chmod(file, 0o600)
    database = open_database(f"sqlite:///{file}")
    with pytest.raises(StoreDown):
        await schema_version(database)
    await database.close()


def test_a_file_that_would_be_made_is_told_and_not_made(tmp_path) -> None:
    assert missing_file(f"sqlite:///{tmp_path}/absent.db") == f"{tmp_path}/absent.db"
    assert not (tmp_path / "absent.db").exists()
    (tmp_path / "there.db").touch()
    for url in (f"sqlite:///{tmp_path}/there.db", "postgresql://h/d"):
        assert missing_file(url) is None
