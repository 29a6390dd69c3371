"""Processes whose clocks are wrong agree on what time it is."""

import time

import pytest

from agentloop.journal import Journal
from storage.engine import open_database
from storage.ready import ensure_schema
from storage.shared_clock import SharedClock
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.test_journal import CREATED, RECORD
from tests.storage.postgres import postgres


@pytest.fixture
async def database():
    with postgres() as url:
        database = open_database(url, deadline=20.0)
        await ensure_schema(database)
        yield database
        await database.close()


async def test_who_is_an_hour_ahead_takes_no_run_that_another_drives(database):
    right, ahead = (SharedClock(database, lambda wrong=wrong: time.time() + wrong) for wrong in (0, 3600))  # noqa: TID251
    assert ahead() - right() > 3000
    for clock in (right, ahead):
        await clock.set()
    assert abs(ahead() - right()) < 1
    await Journal(database, right).create(RECORD, CREATED)
    assert await Journal(database, right).claim("w", 10) is not None
    assert await Journal(database, ahead).claim("thief", 10) is None
    assert await Journal(database, lambda: time.time() + 3600).claim("thief", 10) is not None  # noqa: TID251


async def test_whoever_sets_the_machines_clock_does_not_move_it(database):
    now, ticks = [5.0], [100.0]
    clock = SharedClock(database, lambda: now[0], lambda: ticks[0])
    assert clock() == 5.0
    await clock.set()
    set_at = clock()
    assert set_at > 1_700_000_000
    now[0] = -1000.0
    ticks[0] += 7
    assert clock() == pytest.approx(set_at + 7)


async def test_beside_sqlite_it_is_the_machines(tmp_path):
    async with opened(sqlite_url(tmp_path)) as database:
        clock = SharedClock(database, lambda: 5.0)
        await clock.set()
        await clock.run()
        assert clock() == 5.0
