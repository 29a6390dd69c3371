"""One interface to SQLite and PostgreSQL: every statement has a deadline, every error is one of ours."""

import os
import sqlite3
import stat
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Row, event, make_url, text
from sqlalchemy.engine import CursorResult
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.base import Executable

from storage.awaited import AwaitedConnection, AwaitedEngine, awaited_engine
from storage.deadline import Deadline
from storage.direct import Direct
from storage.errors import StoreDown, StoreTooNew, translated
from storage.idle import leave_read_only, try_idle
from storage.moored import Mooring, closed_on_failure, moored
from storage.sqlite import opened
from storage.version import SCHEMA_VERSION

T = TypeVar("T")
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None

_READS = "signalbox_reads"  # execution option: this connection only reads
_NO_SUCH_CHARACTER = "22021"
_LOG_TRIES, _LOG_PAUSE = 50, 0.02  # the pause in seconds
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


class UnknownDatabase(ValueError):
    """The database URL is not supported. The text never contains the URL's password."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """The statements of one `Database.transaction()`; all of them take effect, or none."""

    connection: AwaitedConnection
    deadline: float

    async def execute(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """Run one statement. Raises `StoreSlow` after the deadline."""
        with translated():
            async with Deadline(self.deadline):
                return await self.connection.execute(statement, parameters)

    async def fetch(self, statement: Executable, parameters: Parameters = None) -> Sequence[Row[Any]]:
        """All rows of one statement."""
        return (await self.execute(statement, parameters)).all()

    async def visit(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in the thread of SQLite's connection; it must not begin or end the transaction.

        Each `execute` is a round trip to that thread, which costs more than a small statement itself. The
        deadline is for `work` as a whole.
        """
        with translated():
            async with Deadline(self.deadline):
                driver: Any = self.connection.sync.connection.driver_connection
                # The driver has no public way to run several statements at once.
                result: T = await driver._execute(work, driver._conn)
                return result


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. Raises only `storage.errors` for database failures.

    `deadline` is in seconds and bounds each statement, each commit and each wait for a connection.
    """

    engine: AwaitedEngine
    deadline: float
    mooring: Mooring | None = None  # checks a SQLite file's location
    dialect: str = field(init=False, compare=False)  # `sqlite` or `postgresql`
    _reader: AwaitedEngine = field(init=False, repr=False, compare=False)
    _direct: Direct = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dialect", self.engine.dialect.name)
        # Created once: it takes as long as a small statement.
        options: dict[str, Any] = {_READS: True}
        if self.dialect == "postgresql":
            options["isolation_level"] = "AUTOCOMMIT"
        object.__setattr__(self, "_reader", self.engine.with_options(**options))
        object.__setattr__(self, "_direct", Direct(self._reader, self.deadline))

    async def fetch(self, statement: Executable, parameters: Parameters = None) -> Sequence[Row[Any]]:
        """All rows of one reading statement, outside any transaction.

        No rows for a text with NUL, which PostgreSQL cannot store and rejects in a query.
        """
        with translated():
            async with Deadline(self.deadline), self._reader.connect() as connection:
                await self._renew_if_replaced(connection)
                try:
                    return (await connection.execute(statement, parameters)).all()
                except DBAPIError as error:
                    if getattr(error.orig, "sqlstate", None) == _NO_SUCH_CHARACTER:
                        return ()
                    raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A writing transaction, committed at the end of the block, rolled back if it raises.

        SQLite takes its write lock at the beginning, so what the block reads cannot change meanwhile.
        """
        async with AsyncExitStack() as stack:
            with translated():
                async with Deadline(self.deadline):
                    connection = await stack.enter_async_context(self.engine.connect())
                    await self._renew_if_replaced(connection)
                    await connection.run_sync(Connection.begin)
            # Errors of the block itself are not the database's: only our own statements are translated.
            yield Transaction(connection, self.deadline)
            mooring = self.mooring
            with translated(), nullcontext() if mooring is None else mooring.held(connection.sync):
                async with Deadline(self.deadline):
                    await connection.commit()

    async def alone(self, statement: str, *values: object) -> Sequence[Any]:
        """All records of one writing statement in its own transaction; PostgreSQL only.

        It uses the driver's own syntax (`$1`) and takes one round trip: a tenth of the cost of a
        `transaction`.
        """
        records: Sequence[Any] = await self._driven("fetch", statement, values)
        return records

    async def count_alone(self, statement: str, *values: object) -> int:
        """As `alone`, but returns only the number of rows written."""
        told: str = await self._driven("execute", statement, values)
        return int(told.rpartition(" ")[2])

    async def _driven(self, how: str, statement: str, values: Sequence[object]) -> Any:
        def work(driver: Any) -> Awaitable[Any]:
            asked: Awaitable[Any] = getattr(driver, how)(statement, *values, timeout=self.deadline)
            return asked

        with translated():
            if not self._direct.busy:
                return await self._direct.use(work)
            async with Deadline(self.deadline), self._reader.connect() as connection:
                try:
                    return await work(connection.sync.connection.driver_connection)
                except BaseException:
                    connection.sync.invalidate()  # its state is unknown to the pool
                    raise

    @asynccontextmanager
    async def session(self, deadline: float | None = None) -> AsyncIterator[Transaction]:
        """A connection outside the pool until the block ends, for session state; PostgreSQL only.

        Each statement is its own transaction, with this deadline instead of the database's.
        """
        async with AsyncExitStack() as stack:
            with translated():
                async with Deadline(self.deadline):
                    connection = await stack.enter_async_context(self._reader.connect())
                    connection.sync.detach()
            yield Transaction(connection, deadline or self.deadline)

    async def close(self) -> None:
        """Close every connection; the database cannot be used afterwards."""
        await self._direct.close()
        await self.engine.dispose()

    async def _renew_if_replaced(self, connection: AwaitedConnection) -> None:
        if self.mooring is not None and self.mooring.replaced(connection.sync):
            connection.sync.detach()  # its owner closes it; the pool is disposed of
            await self.engine.dispose()
            raise StoreDown("Another database lies where this one was opened; the next try opens that one.")


def open_database(url: str, *, deadline: float = 2.0) -> Database:
    """Open by URL: `sqlite:///path`, `postgresql://user:password@host/name`.

    Does not connect yet, but creates a missing SQLite file and sets WAL mode. `storage.ready.ensure_schema`
    creates the tables. Raises `UnknownDatabase` for any other URL, `StoreDown` if the file cannot be created.
    """
    parsed = parse_url(url)
    mooring = None
    if parsed.get_backend_name() == "sqlite":
        engine = awaited_engine(
            parsed,
            pool_timeout=deadline,
            pool_use_lifo=True,  # the most recently used connection has warm caches
            connect_args={"timeout": deadline * 0.8, "async_creator_fn": opened},
            hide_parameters=True,
        )
        create_private_file(parsed.database)
        keep_a_log(parsed.database)
        event.listen(engine.sync, "connect", _prepare_sqlite)
        if (mooring := moored(parsed.database)) is not None:
            mooring.watch(engine.sync)
        event.listen(engine.sync, "begin", _begin_sqlite)
    else:
        engine = awaited_engine(
            parsed,
            pool_timeout=deadline,
            hide_parameters=True,
            connect_args={"timeout": deadline},
        )
        try_idle(engine.sync)
        leave_read_only(engine.sync)
    return Database(engine, deadline, mooring)


def missing_file(url: str) -> str | None:
    """The SQLite file that opening this URL would create; None if it exists, and for PostgreSQL.

    Raises `UnknownDatabase` as `open_database` does.
    """
    parsed = parse_url(url)
    path = parsed.database
    if parsed.get_backend_name() != "sqlite" or path is None or path.startswith("file:"):
        return None  # unknown for a URI within a URL
    return None if Path(path).exists() else path


def parse_url(url: str) -> URL:
    """The URL with our driver; raises `UnknownDatabase`."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UnknownDatabase(
            "The database URL cannot be read; write sqlite:///path or postgresql://…"
        ) from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise UnknownDatabase(
            f"The database URL begins with {parsed.drivername!r}; allowed are sqlite:///path and postgresql://…"
        )
    if driver.startswith("sqlite") and parsed.database in (None, "", ":memory:"):
        raise UnknownDatabase("SQLite needs a file, because every connection must see the same data.")
    return parsed.set(drivername=driver)


def create_private_file(path: str | None) -> None:
    """Create the file with mode 0600, since SQLite would make it readable to all; its journals copy the mode.

    An existing file is not opened: closing it would release all locks that this process has on it, so another
    process would take the database for unused and delete its log:
    https://www.sqlite.org/howtocorrupt.html#posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
    """
    if path is None or path.startswith("file:"):
        return
    file, made = Path(path).absolute(), os.O_CREAT | os.O_EXCL | os.O_WRONLY
    try:
        descriptor = os.open(file, made, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError as found:
        if file.is_dir() or not os.access(file, os.R_OK | os.W_OK):
            why = "it is a folder" if file.is_dir() else "it may not be read and written"
            raise StoreDown(f"The database file {path} cannot be opened: {why}.") from found
        return
    except OSError as error:
        raise StoreDown(f"The database file {path} cannot be opened: {error.strerror}.") from error
    os.close(descriptor)


def keep_a_log(path: str | None) -> None:
    """Set WAL mode, which is permanent: readers and the writer do not wait for each other.

    SQLite does not wait for the lock that this needs, so processes that start at the same time retry.
    """
    if path is None or path.startswith("file:"):
        return
    for _ in range(_LOG_TRIES):
        try:
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                return
        except sqlite3.OperationalError:
            time.sleep(_LOG_PAUSE)
        except sqlite3.DatabaseError:  # not a database: the first statement raises our error for it
            return


async def schema_version(database: Database) -> str | None:
    """The schema version of the database; None if it has no tables."""
    try:
        with translated():
            async with Deadline(database.deadline), database._reader.connect() as connection:
                return await _read_version(connection)
    except StoreDown as error:
        if isinstance(error.__cause__, OperationalError | ProgrammingError) and _no_table(error.__cause__):
            return None
        raise


async def is_current(database: Database) -> bool:
    """Whether the schema is this code's. Raises `StoreTooNew` if it is a later one."""
    version = await schema_version(database)
    if version is not None and version > SCHEMA_VERSION:
        raise StoreTooNew(
            f"The database has the tables of version {version}, this Signalbox knows {SCHEMA_VERSION}: "
            "start a newer Signalbox, or restore the database from before the upgrade."
        )
    return version == SCHEMA_VERSION


async def _read_version(connection: AwaitedConnection) -> str | None:
    rows = (await connection.execute(text("SELECT version_num FROM alembic_version"))).all()
    return str(rows[0][0]) if rows else None


def _no_table(error: OperationalError | ProgrammingError) -> bool:
    return "no such table" in str(error.orig) or getattr(error.orig, "sqlstate", None) == "42P01"


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions itself: `_begin_sqlite` chooses the kind.
    connection.isolation_level = None
    with closed_on_failure(connection):
        cursor = connection.cursor()
        # Commits are synced to disk, because spool segments are deleted once their rows are here, and a run's
        # tools are called once their intents are. It takes half a millisecond, in the connection's thread.
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A reading statement is its own transaction. A writing one takes the lock at once: taking it later, on an
    # outdated snapshot, fails without waiting.
    if not connection.get_execution_options().get(_READS):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
