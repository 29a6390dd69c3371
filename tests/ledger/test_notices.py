"""Notices are entered once, taken by one, tried again with pauses, and given up."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from ledger.notices import LEASE_MS, MOST_TRIES, Notice, Notices
from storage.engine import Database, open_database
from storage.schema import alerts, metadata
from tests.storage.postgres import postgres

T0 = 1_790_000_000_000


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("notices")
        yield f"sqlite:///{folder}/a.db"
        return
    with postgres() as running:
        yield running


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = open_database(url, deadline=30)
    async with opened.transaction() as transaction:
        await transaction.connection.run_sync(metadata.create_all)
        await transaction.execute(delete(alerts))
    yield opened
    await opened.close()


async def test_of_many_who_enter_the_same_one_is_first(database: Database) -> None:
    notices = [Notices(database) for _ in range(5)]
    first = await asyncio.gather(*(each.enter(Notice("a", T0, "{}"), send=True) for each in notices))
    assert sorted(first) == [False] * 4 + [True]
    taken = await asyncio.gather(*(each.due(T0) for each in notices))
    assert sum(map(len, taken)) == 1


async def test_who_took_one_and_died_is_followed(database: Database) -> None:
    notices = Notices(database)
    await notices.enter(Notice("a", T0, "{}"), send=True)
    assert len(await notices.due(T0)) == 1
    assert await notices.due(T0 + LEASE_MS - 1) == []
    [again] = await notices.due(T0 + LEASE_MS)
    await notices.sent(again)
    assert await notices.due(T0 + 10**9) == []


async def test_one_that_is_never_taken_is_given_up(database: Database) -> None:
    notices, now, tries = Notices(database), T0, 0
    await notices.enter(Notice("a", T0, "{}"), send=True)
    while True:
        [notice] = await notices.due(now)
        tries += 1
        if not await notices.failed(notice, now):
            break
        assert await notices.due(now + 1_999) == []
        now += 3_600_000
    assert tries == MOST_TRIES
    assert await notices.due(now + 10**9) == []


async def test_without_anybody_to_tell_nothing_is_due(database: Database) -> None:
    notices = Notices(database)
    assert await notices.enter(Notice("a", T0, "{}"), send=False)
    assert await notices.due(T0 + 10**9) == []
