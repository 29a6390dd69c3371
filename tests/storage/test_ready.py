"""Tables at start: made once by whoever is first, and without alembic in the serving process."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import ready
from storage.engine import open_database
from storage.errors import StoreDown, StoreSlow
from storage.ready import ensure_schema
from tests import tables

START = """
import asyncio, sys
from storage.engine import open_database
from storage.ready import ensure_schema

async def main():
    database = open_database(sys.argv[1])
    await ensure_schema(database)
    await database.close()

asyncio.run(main())
print("alembic" in sys.modules, "asyncpg" in sys.modules)
"""


@pytest.fixture(autouse=True)
def migrating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is copied here."""
    monkeypatch.setattr(ready, "_migrate_apart", tables.APART)


async def test_many_starters_at_once_all_find_the_tables(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    databases = [open_database(url) for _ in range(3)]
    assert any(await asyncio.gather(*(ensure_schema(database) for database in databases)))
    assert await ensure_schema(databases[0]) is False
    for database in databases:
        assert await database.fetch(text("SELECT count(*) FROM keys"))
        await database.close()


def test_the_serving_process_never_carries_what_it_does_not_use(tmp_path) -> None:
    # A folder named like ours where the operator stands is not taken for it.
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "__init__.py").write_text("raise SystemExit('the wrong storage')")
    run = subprocess.run(
        [sys.executable, "-P", "-c", START, f"sqlite:///{tmp_path}/a.db"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout.strip(), run.stderr) == ("False False", "")


async def test_a_migration_that_fails_says_why(tmp_path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/a.db")
    async with database.transaction() as transaction:
        await transaction.execute(text("CREATE TABLE keys (x INTEGER)"))
    with pytest.raises(StoreDown, match="migration of the database failed: table keys already exists"):
        await ensure_schema(database)
    await database.close()


async def test_a_migration_that_never_ends_is_ended(tmp_path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/a.db")
    with pytest.raises(StoreSlow, match="did not end"):
        await ensure_schema(database, patience=0.01)
    await database.close()
