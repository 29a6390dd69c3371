"""A connection that lay idle while its server went away, or takes no writes, is no concern of the next."""

import pytest
from sqlalchemy import event, text

from storage import idle
from storage.engine import open_database
from storage.errors import StoreDown
from tests.storage.postgres import postgres_server


@pytest.fixture
def server():
    with postgres_server() as server:
        yield server


async def test_idle_ones_are_tried_and_a_restart_costs_nobody_an_error(server, monkeypatch):
    database = open_database(server.url, deadline=20)
    dialect, pings = database.engine.dialect, []
    plain = dialect.do_ping
    monkeypatch.setattr(dialect, "do_ping", lambda connection: pings.append(1) or plain(connection))
    for _ in range(3):
        await database.fetch(text("SELECT 1"))
    assert not pings, "a connection that was used just now was tried"
    monkeypatch.setattr(idle, "IDLE_SECONDS", 0.0)
    opened = []
    event.listen(database.engine.sync, "connect", lambda *connected: opened.append(1))
    await database.fetch(text("SELECT 1"))
    assert (len(pings), len(opened)) == (1, 0)
    server.stop()
    server.start()
    assert (await database.fetch(text("SELECT 1")))[0][0] == 1
    async with database.transaction() as transaction:
        await transaction.fetch(text("SELECT 1"))
    assert opened == [1]
    await database.close()


async def test_a_session_that_may_not_write_is_left_for_one_that_may(server):
    database, operator = (open_database(server.url, deadline=20) for _ in range(2))

    async def closed_to_writes(whether):
        async with operator.engine.connect() as connection:
            await connection.exec_driver_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
            await connection.exec_driver_sql(
                f"ALTER DATABASE postgres SET default_transaction_read_only={whether}"
            )
            await connection.commit()

    async def write():
        async with database.transaction() as transaction:
            await transaction.execute(text("CREATE TABLE IF NOT EXISTS written (x int)"))

    await closed_to_writes("on")
    with pytest.raises(StoreDown):
        await write()
    await closed_to_writes("off")
    await write()
    await database.close()
    await operator.close()
