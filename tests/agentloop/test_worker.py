"""A process's share of the runs: what is due is driven at once, a claim is kept while it is driven."""

import asyncio

import pytest

from agentloop.events import RunPaused
from agentloop.journal import Fenced, Journal
from agentloop.steps import IllegalMove
from agentloop.worker import Pace, Worker
from storage.errors import StoreDown
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.test_journal import CREATED, RECORD
from tests.ledger.world import Clock


class Drives:
    """Takes runs and lets go of them when it is told."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.taken: asyncio.Queue[str] = asyncio.Queue()
        self.go = asyncio.Event()
        self.error = error

    async def drive(self, held):
        self.taken.put_nowait(held.id)
        await self.go.wait()
        if self.error is not None:
            raise self.error

    def leave(self) -> None:
        self.go.set()


@pytest.fixture
async def journal(tmp_path):
    async with opened(sqlite_url(tmp_path)) as database:
        yield Journal(database, Clock())


async def test_a_run_is_taken_up_when_it_is_made(journal):
    drives = Drives()
    worker = Worker("w", journal, drives)
    working = asyncio.ensure_future(worker.run())
    await asyncio.sleep(0)
    await journal.create(RECORD, CREATED)
    worker.wake()
    assert await asyncio.wait_for(drives.taken.get(), 10) == "run_1"
    assert (await journal.record("run_1")).status == "running"
    working.cancel()
    await asyncio.wait([working])


@pytest.mark.parametrize(
    "error",
    [Fenced("run_1"), StoreDown("away"), IllegalMove("no"), LookupError("a mistake of ours")],
    ids=["fenced", "store", "illegal", "broken"],
)
async def test_a_run_that_is_let_go_stops_no_other(journal, error):
    drives = Drives(error)
    drives.go.set()
    worker = Worker("w", journal, drives, pace=Pace(at_once=1))
    working = asyncio.ensure_future(worker.run())
    for name in ("run_1", "run_2"):
        await journal.create(RECORD.__class__(name, "support", "key_1", "desk", "sha256:1"), CREATED)
        worker.wake()
        assert await asyncio.wait_for(drives.taken.get(), 10) == name
    working.cancel()
    await asyncio.wait([working])


async def test_a_run_that_stands_still_twice_waits_for_an_operator(journal):
    drives = Drives(IllegalMove("the event cannot follow"))
    drives.go.set()
    worker = Worker("w", journal, drives)
    working = asyncio.ensure_future(worker.run())
    await journal.create(RECORD, CREATED)
    for seconds in (0, 11):
        journal.clock.now += seconds
        worker.wake()
        assert await asyncio.wait_for(drives.taken.get(), 10) == "run_1"
    async with asyncio.timeout(10):
        while (record := await journal.record("run_1")).status != "paused":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert record.reason == "stands_still"
    last = (await journal.events("run_1"))[-1]
    assert last == RunPaused("gateway", "It stands still: the event cannot follow")
    working.cancel()
    await asyncio.wait([working])


async def test_a_database_that_is_away_is_asked_again():
    class Away:
        asked = 0

        async def claim_some(self, worker, lease, most):
            Away.asked += 1
            raise StoreDown("away")

    worker = Worker("w", Away(), Drives())
    working = asyncio.ensure_future(worker.run())
    for wanted in (1, 2):
        async with asyncio.timeout(10):
            while Away.asked < wanted:
                worker.wake()
                await asyncio.sleep(0.01)
    working.cancel()
    await asyncio.wait([working])


async def driving(journal, drives):
    """A worker that has taken a run up, and its task."""
    worker = Worker("w", journal, drives)
    working = asyncio.ensure_future(worker.run())
    await journal.create(RECORD, CREATED)
    worker.wake()
    await asyncio.wait_for(drives.taken.get(), 10)
    return worker, working


async def test_who_ends_lets_what_it_drives_come_to_its_end_and_claims_nothing_more(journal):
    worker, working = await driving(journal, Drives())
    await asyncio.wait_for(worker.finish(60), 10)
    await journal.create(RECORD.__class__("run_2", "support", "key_1", "desk", "sha256:1"), CREATED)
    worker.wake()
    await asyncio.sleep(0.05)
    assert (await journal.record("run_2")).status == "queued"
    working.cancel()
    await asyncio.wait([working])


async def test_what_does_not_come_to_its_end_is_left(journal, caplog):
    drives = Drives()
    drives.leave = lambda: None
    worker, working = await driving(journal, drives)
    await asyncio.wait_for(worker.finish(0.01), 10)
    assert "1 runs are left in the middle of a call" in caplog.text
    working.cancel()
    await asyncio.wait([working])
