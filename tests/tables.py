"""The tables of a new SQLite database, made by the migrations once and copied wherever a test needs them.

A migration is a process of its own, a second of a processor; hundreds of tests begin with an empty folder.
"""

import atexit
import fcntl
import importlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import URL

from storage import ready
from storage.engine import open_database

ROOT = Path(__file__).parents[1]
APART = ready._migrate_apart  # as it is for everybody but tests
_EMPTY = "SELECT count(*) = 0 FROM sqlite_master"


@cache
def template() -> Path:
    """A file with all tables and no row."""
    folder = Path(tempfile.mkdtemp(prefix="signalbox-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "tables.db"
    command = (sys.executable, "-m", "storage.migrate", f"sqlite:///{file}")
    subprocess.run(command, cwd=ROOT, check=True, timeout=200)
    with closing(sqlite3.connect(file)) as made:
        made.execute("PRAGMA journal_mode = DELETE")
    shutil.copyfile(file, folder / "plain.db")
    with closing(sqlite3.connect(folder / "plain.db")) as plain:
        plain.execute("DROP TABLE alembic_version")
    return file


def put(file: Path, *, versioned: bool = False) -> None:
    """A database file with all tables and no row, where there is none yet; `versioned`: that says whose."""
    if not file.exists():
        file.touch(mode=0o600)
        shutil.copyfile(template() if versioned else template().with_name("plain.db"), file)


def use(file: Path | None = None) -> None:
    """From now on this process copies the tables; `file` is another process' template.

    Those of PostgreSQL are migrated here: what a process of its own loads for that is loaded once.
    """

    async def copied(url: URL, patience: float) -> None:
        kind = url.get_backend_name()
        if kind == "sqlite" and url.database and _copy(file or template(), url.database):
            return
        if kind == "postgresql" and file is None:
            await _migrated_here(url, patience)
        else:
            await APART(url, patience)

    ready._migrate_apart = copied


async def _migrated_here(url: URL, patience: float) -> None:
    database = open_database(url.render_as_string(hide_password=False), deadline=patience)
    try:
        await importlib.import_module("storage.migrate").migrate(database)
    finally:
        await database.close()


def _copy(source: Path, target: str) -> bool:
    """Whether all tables are there: a database that has some already is left as it is.

    Of several that begin at once one copies, and the others find what it copied.
    """
    with (source.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with closing(sqlite3.connect(target, timeout=20)) as new:
                if not new.execute(_EMPTY).fetchone()[0]:
                    return _version(new) == _version_of(source)
                new.execute("PRAGMA synchronous = OFF")
                with closing(sqlite3.connect(source)) as old:
                    old.backup(new)
        except sqlite3.Error:
            return False
    return True


def _version_of(file: Path) -> object:
    with closing(sqlite3.connect(file)) as database:
        return _version(database)


def _version(database: sqlite3.Connection) -> object:
    return database.execute("SELECT version_num FROM alembic_version").fetchall()
