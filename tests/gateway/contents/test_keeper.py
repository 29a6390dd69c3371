"""What was copied is written when the database is there, and waits while it is not."""

import asyncio
import json
from contextlib import suppress

import pytest
from sqlalchemy import select

from gateway.contents.copying import Copies
from gateway.contents.keeper import Keeper
from gateway.contents.sealing import Locksmith
from gateway.contents.vault import Vault
from gateway.telemetry.metrics import Metrics
from storage.engine import open_database
from storage.errors import StoreDown
from storage.schema import contents, metadata
from tests.gateway.contents.copies import FIRST, WHOLE, catalog_keeping, copied
from tests.gateway.road import Answer, Road


@pytest.fixture
async def database(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path}/a.db", deadline=5.0)
    yield opened
    await opened.close()


def keeper_of(database, copies, *keys):
    catalog, metrics = catalog_keeping("full", *keys), Metrics()
    clock = Road({"one": [Answer()]}).services.books.clock
    return Keeper(copies, database, lambda: catalog, metrics, clock), metrics


async def make(database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)


async def test_it_waits_for_the_database(database) -> None:
    copies = Copies()
    keeper, metrics = keeper_of(database, copies)
    copies.put(copied(WHOLE))
    with pytest.raises(StoreDown):  # there are no tables
        await keeper.keep()
    assert len(copies) == 1
    await keeper.finish(1.0)
    assert len(copies) == 1
    await make(database)
    await keeper.finish(5.0)
    assert (len(copies), metrics.contents.counts) == (0, {("kept",): 1})
    [row] = await database.fetch(select(contents))
    found = await Vault(database, Locksmith([FIRST])).read(row.request_id)
    assert found is not None
    assert json.loads(found[1])["answer"][0]["parts"][0]["text"] == "Hello"
    assert row.expires_ms - row.at_ms == 60_000


async def test_masked_is_masked(database) -> None:
    await make(database)
    copies = Copies()
    keeper, _ = keeper_of(database, copies)
    copies.put(copied(WHOLE, store="masked"))
    assert (await keeper.keep(), await keeper.keep()) == (1, 0)
    [row] = await database.fetch(select(contents))
    found = await Vault(database, Locksmith([FIRST])).read(row.request_id)
    assert found is not None
    assert b"ann@" not in found[1] and b"[EMAIL]" in found[1]


async def test_it_goes_on_until_it_is_told_to_stop(database) -> None:
    await make(database)
    copies, woken = Copies(), asyncio.Event()
    copies.wake(woken.set)
    keeper, metrics = keeper_of(database, copies)
    running = asyncio.ensure_future(keeper.run(woken))
    for _ in range(3):
        copies.put(copied(WHOLE))
        copies.dropped += 1
        async with asyncio.timeout(10):
            while metrics.contents.counts.get(("dropped",), 0) == 0 or len(copies):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        metrics.contents.counts.clear()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await keeper.relock()
