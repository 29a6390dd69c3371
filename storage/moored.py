"""Checks that a SQLite database's files are still where they were opened.

SQLite finds its write-ahead log by name. A connection opened while the database is moved away would create an
empty database there, and an empty database deletes the log that it finds beside it:
https://www.sqlite.org/howtocorrupt.html#unlink_or_rename_database. So no connection creates a file, none uses
a different log than the others, and a commit counts only if no file was moved around it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from storage.errors import StoreDown, StoreSlow

_INFO = "signalbox_files"  # in a connection's `info`: the files it has open
_AWAY = "The files of the database are not where they were opened; nothing is written until they are back."


class Files(NamedTuple):
    """The files at the paths of a database and its log, as (device, inode)."""

    main: tuple[int, int] | None
    log: tuple[int, int] | None


def _file_at(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def closed_on_failure(connection: DBAPIConnection) -> Iterator[None]:
    """Closes a new connection if its set-up fails: the pool would leave it open after a cancellation."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


@dataclass(slots=True)
class Mooring:
    """The path of one SQLite database, and the files that each open connection found there."""

    path: str
    _open: dict[int, Files] = field(default_factory=dict)

    def watch(self, engine: Engine) -> None:
        """Record the files that each new connection opens, and prevent it from creating one."""
        event.listen(engine, "do_connect", self._open_only)
        event.listen(engine, "connect", self._note)
        event.listen(engine, "close", self._forget)
        event.listen(engine, "close_detached", self._forget)

    def look(self) -> Files:
        """The files at the path now."""
        return Files(_file_at(self.path), _file_at(f"{self.path}-wal"))

    def replaced(self, connection: Connection) -> bool:
        """Whether another database, without a log, is now at this connection's path."""
        now = self.look()
        return now.main not in (None, self._of(connection).main) and now.log is None

    @contextmanager
    def held(self, connection: Connection) -> Iterator[None]:
        """Wraps a commit. If the files were moved, raises `StoreDown` before it, `StoreSlow` after it."""
        files = self._of(connection)
        if self.look() != files:
            raise StoreDown(_AWAY)
        yield
        if self.look() != files:
            raise StoreSlow("The database's files were moved during a commit; whether it holds is not known.")

    def _of(self, connection: Connection) -> Files:
        files: Files = connection.info[_INFO]
        return files

    def _open_only(self, _dialect: Any, _entry: Any, arguments: list[Any], options: dict[str, Any]) -> None:
        arguments[0] = f"file:{quote(self.path)}?mode=rw"
        options["uri"] = True

    def _note(self, connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        with closed_on_failure(connection):
            before = self.look()
            cursor = connection.cursor()
            cursor.execute("SELECT count(*) FROM sqlite_master")  # opens the log too
            cursor.close()
            files = self.look()
            others = [other for other in self._open.values() if other.main == files.main]
            if files.main != before.main or any(other.log != files.log for other in others):
                raise StoreDown(_AWAY)
        entry.info[_INFO] = self._open[id(connection)] = files

    def _forget(self, connection: DBAPIConnection, _entry: ConnectionPoolEntry | None = None) -> None:
        self._open.pop(id(connection), None)


def moored(path: str | None) -> Mooring | None:
    """The mooring of a database's path; None if it is a SQLite `file:` URI."""
    if path is None or path.startswith("file:"):
        return None
    return Mooring(str(Path(path).absolute()))
