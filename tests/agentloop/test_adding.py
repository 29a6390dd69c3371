"""Additions of many runs in one transaction: each stands or falls by its own fence."""

import asyncio

import pytest
from msgspec.structs import replace
from sqlalchemy import insert

from agentloop import events as e
from agentloop.adding import Adding, Addition
from agentloop.journal import RUNNING, Fenced, Journal, Overtaken, RunRecord
from agentloop.records import bodies_of
from storage.schema import run_events
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.test_journal import CREATED, RECORD
from tests.ledger.world import Clock
from tests.storage.postgres import postgres

ASKED = e.ModelRequested(1, 1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request, tmp_path_factory):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path_factory.mktemp("runs"))
        return
    with postgres() as running:
        yield running


@pytest.fixture
async def journal(url):
    async with opened(url) as database:
        yield Journal(database, Clock())


async def held(journal, count):
    for number in range(count):
        await journal.create(replace(RECORD, id=f"run_{number}"), CREATED)
    return await journal.claim_some("w1", 10, count)


async def kinds(journal, run_id):
    return [e.name_of(event) for event in await journal.events(run_id)]


async def test_each_is_under_its_own_fence(journal):
    first, second, third, fourth = await held(journal, 4)
    await journal.interject(second, [e.CancelRequested("key")], "queued")
    await journal.bury(["w1"])
    await journal.claim_some("w2", 10, 4)
    fresh = await journal.record(fourth.id)
    gone = replace(first, id="run_9")
    additions = [
        Addition(each, bodies_of([ASKED]), RUNNING)
        for each in (first, replace(second, epoch=2), gone, fresh, fresh, third)
    ]
    outcomes = await Adding(journal.database, lambda: 7).add(additions)
    assert [type(each) for each in outcomes] == [Fenced, Overtaken, Fenced, RunRecord, Overtaken, Fenced]
    assert (outcomes[3].head, outcomes[3].updated_ms) == (fresh.head + 1, 7)
    assert outcomes[3] == await journal.record(fourth.id)
    assert (await kinds(journal, fourth.id))[-1] == "model.requested"
    # Without a run that is there twice PostgreSQL does it with one statement.
    last = outcomes[3]
    additions = [Addition(each, bodies_of([ASKED]), RUNNING) for each in (first, gone, fresh)]
    others = await Adding(journal.database, lambda: 7).add(additions)
    assert [type(each) for each in others] == [Fenced, Fenced, Overtaken]
    assert await journal.record(fourth.id) == last
    for each in (first, second, third):
        assert "model.requested" not in await kinds(journal, each.id)


async def test_one_that_the_database_refuses_harms_nobody_else(journal):
    first, second = await held(journal, 2)
    async with journal.database.transaction() as transaction:  # a row where the next event should be
        row = {"run_id": first.id, "seq": first.head, "epoch": 1, "kind": "x", "at_ms": 0, "body": "{}"}
        await transaction.execute(insert(run_events), row)
    outcomes = await asyncio.gather(
        journal.append(first, [ASKED]), journal.append(second, [ASKED]), return_exceptions=True
    )
    assert type(outcomes[0]).__name__ == "StoreConflict"
    assert outcomes[1].head == second.head + 1


async def test_what_is_said_in_lines_stays_in_its_event(journal):
    [run] = await held(journal, 1)
    said = [e.ModelFailed("x", "one\ntwo\r\n\u2028 \\n,'\"{}"), ASKED]
    after = await journal.append(run, said)
    assert (await journal.events(run.id))[-2:] == said
    assert after.head == run.head + 2


async def test_many_that_add_at_once_lose_nothing(journal):
    async def add(each):
        for turn in range(3):
            each = await journal.append(each, [ASKED, e.ModelFailed("x", str(turn))])

    all_of_them = await held(journal, 20)
    await asyncio.gather(*map(add, all_of_them))
    for each in all_of_them:
        assert (
            await kinds(journal, each.id)
            == ["run.created", "run.claimed"]
            + [
                "model.requested",
                "model.failed",
            ]
            * 3
        )
