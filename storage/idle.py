"""Checks pooled connections before use if they were idle.

SQLAlchemy's own `pool_pre_ping` tries at every use, which takes three journeys to PostgreSQL: more than most
statements themselves.
"""

import time
from collections.abc import Callable

from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

_SINCE = "signalbox_idle_since"  # in a connection's `info`
_READ_ONLY = "25006"  # what a server, or a session, that takes no writes says to one
IDLE_SECONDS = 0.25  # less than any fail-over of a server takes


def try_idle(engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
    """From now on a connection that idled through a fail-over of the server costs its next user nothing."""

    def given_back(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_SINCE] = clock()

    def taken(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        if clock() - entry.info.get(_SINCE, clock()) < IDLE_SECONDS:
            return
        dialect = engine.dialect
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the others in the pool are as old

    event.listen(engine, "checkin", given_back)
    event.listen(engine, "checkout", taken)


def leave_read_only(engine: Engine) -> None:
    """From now on no connection stays in the pool on which nothing may be written.

    Its server was demoted, or the database was closed to writes for a while: a session keeps what it
    began with.
    """

    def failed(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
            context.is_disconnect = True

    event.listen(engine, "handle_error", failed)
