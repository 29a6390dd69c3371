"""On PostgreSQL runs are taken with one statement: the oldest that are due, each by one worker alone."""

import asyncio

import pytest
from msgspec.structs import replace

from agentloop import events as e
from agentloop.claiming import buried, claimed
from agentloop.journal import Journal
from tests.agentloop.databases import opened
from tests.agentloop.test_journal import CREATED, RECORD
from tests.ledger.world import Clock
from tests.storage.postgres import postgres


@pytest.fixture
async def journal():
    with postgres() as url:
        async with opened(url) as database:
            yield Journal(database, Clock())


async def made(journal: Journal, count: int) -> list[str]:
    names = [f"run_{number}" for number in range(count)]
    for name in names:
        journal.clock.now += 1
        await journal.create(replace(RECORD, id=name, request_key=None), CREATED)
    return names


async def test_the_oldest_come_first_and_each_is_as_its_row_says(journal):
    names = await made(journal, 5)
    taken = await claimed(journal.database, "w", 7_000, 17_000, 3)
    assert [each.id for each in taken] == names[:3]
    for each in taken:
        assert each == await journal.record(each.id)
        assert (each.epoch, each.head, each.worker, each.lease_ms) == (1, 2, "w", 17_000)
        assert (await journal.events(each.id))[-1] == e.RunClaimed("w")


async def test_of_workers_who_come_at_once_each_has_its_own(journal):
    names = await made(journal, 40)
    found = await asyncio.gather(*(claimed(journal.database, f"w{n}", 7_000, 17_000, 7) for n in range(8)))
    assert sorted(each.id for taken in found for each in taken) == sorted(names)


async def test_what_is_due_is_what_the_journal_of_either_engine_says(journal):
    await made(journal, 2)
    [first] = await journal.claim_some("w1", 10, 1)
    assert [each.id for each in await journal.claim_some("w2", 10, 9)] == ["run_1"]
    assert await journal.claim_some("w2", 10, 9) == []
    journal.clock.now += 11
    again = await journal.claim_some("w3", 10, 9)
    assert [(each.id, each.epoch) for each in again] == [("run_0", 2), ("run_1", 2)]
    assert first.id == "run_0"


async def test_runs_of_the_dead_are_due_at_once_and_no_others(journal):
    await made(journal, 2)
    await journal.claim_some("w1", 1000, 1)
    await journal.claim_some("w2", 1000, 1)
    assert await buried(journal.database, ["w1", "w9"]) == 1
    assert await buried(journal.database, ["w1", "w9"]) == 0
    assert [each.id for each in await journal.claim_some("w3", 10, 9)] == ["run_0"]
