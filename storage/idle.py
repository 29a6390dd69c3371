"""Checks pooled connections before use if they were idle.

SQLAlchemy's own `pool_pre_ping` checks before every use, which takes three round trips to PostgreSQL: longer
than most statements themselves.
"""

import time
from collections.abc import Callable

from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

_SINCE = "signalbox_idle_since"  # in a connection's `info`
_READ_ONLY = "25006"  # PostgreSQL's code for a write to a read-only server or session
IDLE_SECONDS = 0.25  # shorter than any failover of a server


def try_idle(engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
    """Replace connections that broke while idle, such as in a failover, before their next use."""

    def given_back(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_SINCE] = clock()

    def taken(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        if clock() - entry.info.get(_SINCE, clock()) < IDLE_SECONDS:
            return
        dialect = engine.dialect
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the others in the pool are as stale

    event.listen(engine, "checkin", given_back)
    event.listen(engine, "checkout", taken)


def leave_read_only(engine: Engine) -> None:
    """Remove read-only connections from the pool when a write fails.

    Their server was demoted, or the database was read-only for a while: a session keeps the mode in which it
    began.
    """

    def failed(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
            context.is_disconnect = True

    event.listen(engine, "handle_error", failed)
