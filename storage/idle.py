"""Connections of a pool that lay idle are tried before they are used; one that was used just now is not.

SQLAlchemy's own `pool_pre_ping` tries at every use, which takes three journeys to PostgreSQL: more than most
statements themselves.
"""

import time
from collections.abc import Callable

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

_SINCE = "signalbox_idle_since"  # in a connection's `info`
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
