"""A connection beside the pool: one user at a time, and nobody after a failure."""

import asyncio

import pytest
from sqlalchemy import event, text

from storage import direct
from storage.engine import open_database
from storage.errors import StoreConflict, StoreDown, StoreSlow
from tests.storage.postgres import postgres, postgres_server

MINE = "SELECT pg_backend_pid() AS pid"


@pytest.fixture
async def database():
    with postgres() as url:
        database = open_database(url, deadline=2)
        yield database
        await database.close()


async def pid(database) -> int:
    return (await database.alone(MINE))[0]["pid"]


async def test_it_is_the_same_connection_each_time_and_no_other_is_opened(database):
    opened = []
    event.listen(database.engine.sync, "connect", lambda *connected: opened.append(1))
    first = await pid(database)
    assert [await pid(database) for _ in range(3)] == [first] * 3
    assert opened == [1]


async def test_who_finds_it_busy_takes_another_way(database):
    await pid(database)
    slow = "SELECT pg_backend_pid() AS pid FROM pg_sleep(0.2)"
    found = await asyncio.gather(*(database.alone(slow) for _ in range(3)))
    assert len({records[0]["pid"] for records in found}) == 3


async def test_how_many_rows_were_written_is_told(database):
    await database.alone("CREATE TABLE things (id int PRIMARY KEY)")
    insert = "INSERT INTO things SELECT * FROM unnest($1::int[])"
    assert await database.count_alone(insert, [1, 2, 3]) == 3
    assert await database.count_alone(insert, []) == 0


async def test_after_a_failure_it_is_another_connection_and_the_failure_is_in_our_words(database):
    await database.alone("CREATE TABLE things (id int PRIMARY KEY)")
    first = await pid(database)
    await database.count_alone("INSERT INTO things VALUES ($1)", 1)
    with pytest.raises(StoreConflict):
        await database.count_alone("INSERT INTO things VALUES ($1)", 1)
    assert await pid(database) != first


async def test_a_statement_has_the_databases_deadline(database):
    object.__setattr__(database, "deadline", 0.2)
    with pytest.raises(StoreSlow):
        await database.alone("SELECT pg_sleep(20)")
    object.__setattr__(database, "deadline", 20.0)  # for another connection to be made
    assert await pid(database)


async def test_a_cancelled_user_leaves_nothing_half_done_to_the_next(database):
    first = await pid(database)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await database.alone("SELECT pg_sleep(20)")
    assert await pid(database) != first
    assert (await database.alone("SELECT 7 AS seven"))[0]["seven"] == 7


async def test_a_server_that_restarted_meanwhile_costs_nobody_an_error(monkeypatch):
    monkeypatch.setattr(direct, "IDLE_SECONDS", 0.0)
    with postgres_server() as server:
        database = open_database(server.url, deadline=20)
        first = await pid(database)
        assert await pid(database) == first
        server.stop()
        server.start()
        assert await pid(database) > 0
        server.stop()
        with pytest.raises(StoreDown):
            await pid(database)
        server.start()
        assert await pid(database) > 0
        await database.close()


async def test_it_is_given_up_with_the_database(database):
    await pid(database)
    other = open_database(database.engine.url.render_as_string(hide_password=False), deadline=2)
    await database.close()
    here = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(1000):
        if (left := (await other.fetch(here))[0][0]) == 0:
            break
        await asyncio.sleep(0.02)
    assert left == 0
    await other.close()
