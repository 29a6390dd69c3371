"""What was deleted is not in the file any more."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from storage.engine import open_database
from storage.scrubbing import empty, scrub
from tests.storage.postgres import postgres

OWL = b"owl in the tower"


async def test_a_file_is_written_anew_and_its_log_is_empty(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/a.db", deadline=10.0)
    async with database.transaction() as transaction:
        await transaction.execute(text("CREATE TABLE t (x)"))
        await transaction.execute(text("INSERT INTO t VALUES (:x)"), {"x": OWL.decode()})
    async with database.transaction() as transaction:
        await transaction.execute(text("DELETE FROM t"))
    files = [tmp_path / "a.db", tmp_path / "a.db-wal"]
    assert any(OWL in file.read_bytes() for file in files)
    await scrub(database, ["t"])
    assert not any(OWL in file.read_bytes() for file in files)
    await database.close()


async def test_postgresql_frees_dead_rows() -> None:
    with postgres() as url:
        database = open_database(url, deadline=10.0)
        async with database.transaction() as transaction:
            await transaction.execute(text("CREATE TABLE t (x int)"))
        await scrub(database, ['"t"'])
        await database.close()


async def test_a_table_is_emptied_of_its_rows_and_their_bytes(tmp_path: Path) -> None:
    file = tmp_path / "b.db"
    assert await empty(file, "t") == 0 and not file.exists()
    with closing(sqlite3.connect(file, isolation_level=None)) as held:
        held.execute("PRAGMA journal_mode = WAL")
        assert await empty(file, "t") == 0
        held.execute("CREATE TABLE t (x)")
        held.execute("INSERT INTO t VALUES (?)", (OWL.decode(),))
        assert await empty(file, "t") == 1
        assert not any(OWL in each.read_bytes() for each in (file, tmp_path / "b.db-wal"))
