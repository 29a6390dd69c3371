"""The journal: nothing twice, nothing half, and nobody writes who does not hold the run."""

import asyncio

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from agentloop import events as e
from agentloop.journal import Damaged, Fenced, Journal, KeyReused, Overtaken, RunNotFound, RunRecord, Standing
from storage.schema import run_events
from tests.agentloop.databases import opened, sqlite_url
from tests.ledger.world import Clock
from tests.storage.postgres import postgres

RECORD = RunRecord("run_1", "support", "key_1", "desk", "sha256:1")
CREATED = e.RunCreated("desk", "sha256:1", (e.Item("{}"),))


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


async def test_what_was_written_is_read_in_order(journal):
    await journal.create(RECORD, CREATED)
    held = await journal.claim("w1", 10)
    assert held is not None
    held = await journal.append(held, [e.ModelRequested(1, 1), e.ModelFailed("x", "y")])
    assert held.head == 4
    assert await journal.events("run_1") == [
        CREATED,
        e.RunClaimed("w1"),
        e.ModelRequested(1, 1),
        e.ModelFailed("x", "y"),
    ]
    assert await journal.events("run_1", after=3) == [e.ModelFailed("x", "y")]
    assert (await journal.record("run_1")).head == 4


async def test_no_database_is_asked_for_an_id_that_it_cannot_have(journal):
    with pytest.raises(RunNotFound):
        await journal.record("run_\0")
    assert await journal.asked_for("apr_\0") is None


async def test_what_cannot_be_read_of_one_run_harms_no_other(journal):
    for run_id in ("run_1", "run_2"):
        await journal.create(replace(RECORD, id=run_id), CREATED)
    async with journal.database.transaction() as transaction:
        of = (run_events.c.run_id == "run_2") & (run_events.c.seq == 0)
        await transaction.execute(update(run_events).where(of).values(body='{"type":"of.a.later.version"}'))
    both = asyncio.gather(*map(journal.events, ("run_1", "run_2", "run_1")), return_exceptions=True)
    first, damaged, again = await both
    assert first == again == [CREATED]
    assert isinstance(damaged, Damaged)
    assert "event 0 of the run run_2" in str(damaged)
    with pytest.raises(Damaged):
        await journal.entries("run_2")


async def test_a_claimed_run_is_nobody_elses_until_its_lease_is_over(journal):
    await journal.create(RECORD, CREATED)
    first = await journal.claim("w1", 10)
    assert await journal.claim("w2", 10) is None
    journal.clock.now += 9
    assert await journal.renew([first], 10) == []
    journal.clock.now += 9
    assert await journal.claim("w2", 10) is None
    journal.clock.now += 2
    second = await journal.claim("w2", 10)
    assert second is not None
    assert second.epoch == 2
    with pytest.raises(Fenced):
        await journal.append(first, [e.ModelRequested(1, 1)])
    assert await journal.renew([first, second], 10) == [first]
    assert [e.name_of(event) for event in await journal.events("run_1")] == [
        "run.created",
        "run.claimed",
        "run.claimed",
    ]


async def test_what_a_person_says_comes_before_what_was_decided_without_it(journal):
    await journal.create(RECORD, CREATED)
    held = await journal.claim("w1", 10)
    seen = await journal.record("run_1")
    said = await journal.interject(seen, [e.CancelRequested("key_9")], "queued")
    assert said.status == "running"  # its driver says what it is
    with pytest.raises(Overtaken):
        await journal.append(held, [e.ModelRequested(1, 1)])
    with pytest.raises(Overtaken):
        await journal.interject(seen, [e.CancelRequested("key_8")], "queued")
    after = await journal.append(replace(held, head=3), [e.RunFinished("cancelled")], Standing("cancelled"))
    assert after.status == "cancelled"


async def test_a_waiting_run_is_due_again_when_somebody_spoke(journal):
    await journal.create(RECORD, CREATED)
    held = await journal.claim("w1", 10)
    await journal.append(held, [], Standing("waiting", "approval"))
    assert await journal.claim("w2", 10) is None
    await journal.interject(await journal.record("run_1"), [e.CancelRequested("key_9")], "queued")
    assert await journal.claim("w2", 10) is not None


async def test_a_repeated_request_is_the_same_run(journal):
    record = replace(RECORD, request_key="k1", request_hash="aa")
    await journal.create(record, CREATED)
    again = await journal.create(replace(record, id="run_2"), CREATED)
    assert again.id == "run_1"
    with pytest.raises(KeyReused, match="k1"):
        await journal.create(replace(record, id="run_3", request_hash="bb"), CREATED)
    other = await journal.create(replace(record, id="run_4", team="sales"), CREATED)
    assert other.id == "run_4"
    assert await journal.events("run_2") == []


async def test_runs_are_their_own_teams(journal):
    await journal.create(RECORD, CREATED)
    await journal.create(replace(RECORD, id="run_2", team="sales"), CREATED)
    with pytest.raises(RunNotFound):
        await journal.record("run_1", "sales")
    with pytest.raises(RunNotFound):
        await journal.record("run_9")
    assert [record.id for record in await journal.listed("sales", None, 10)] == ["run_2"]
    assert await journal.listed("sales", "waiting", 10) == []


async def test_a_waiting_run_is_due_by_itself_at_its_time(journal):
    await journal.create(RECORD, CREATED)
    held = await journal.claim("w1", 10)
    wake_ms = int((journal.clock.now + 60) * 1000)
    await journal.append(held, [], Standing("waiting", "approval", wake_ms))
    journal.clock.now += 59
    assert await journal.claim("w1", 10) is None
    journal.clock.now += 2
    assert await journal.claim("w1", 10) is not None


async def test_the_runs_of_a_worker_that_died_are_due_at_once_and_nobody_elses_are(journal):
    await journal.create(RECORD, CREATED)
    await journal.claim("w1", 10)
    await journal.create(replace(RECORD, id="run_2"), CREATED)
    await journal.claim("w2", 10)
    assert await journal.bury(["w1", "w9"]) == 1
    assert await journal.bury(["w1"]) == 0
    taken = await journal.claim_some("w3", 10, 5)
    assert [(held.id, held.epoch) for held in taken] == [("run_1", 2)]


async def test_many_are_claimed_at_once_and_each_has_its_own_claim(journal):
    for number in range(5):
        await journal.create(replace(RECORD, id=f"run_{number}"), CREATED)
    taken = await journal.claim_some("w1", 10, 3)
    assert len(taken) == 3
    for held in taken:
        assert await journal.record(held.id) == held
        assert (await journal.events(held.id))[-1] == e.RunClaimed("w1")
    assert len(await journal.claim_some("w2", 10, 9)) == 2
