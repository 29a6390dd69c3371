"""What was deleted is not in the file any more."""

from pathlib import Path

from sqlalchemy import text

from storage.engine import open_database
from storage.scrubbing import scrub
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
