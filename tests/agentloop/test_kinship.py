"""A child's end and its parent's word are one transaction, whatever the parent does meanwhile."""

import pytest

from agentloop import events as e
from agentloop.journal import RUNNING, Fenced, Journal, Kin, Overtaken, RunRecord, Standing
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.test_drawing import races
from tests.ledger.world import Clock
from tests.storage.postgres import postgres

TOLD = e.ChildEnded("c", "run_2", "completed", "", "done", 1, 0, 1, 1)
END = (e.RunFinished("completed"), Standing("completed"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request, tmp_path_factory):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path_factory.mktemp("runs"))
        return
    with postgres() as running:
        yield running


@pytest.fixture
async def tables(url):
    async with opened(url, replays=True) as database:
        yield database


async def both(tables, parent: str):
    """A child that is driven, and its parent, which stands so."""
    journal = Journal(tables, Clock())
    for name in ("run_1", "run_2"):
        await journal.create(RunRecord(name, "t", "key_1", "desk", "d"), e.RunCreated("desk", "d", ()))
    first, second = sorted(await journal.claim_some("w", 10, 2), key=lambda held: held.id)
    if parent != "running":
        first = await journal.append(first, [], Standing(parent))
    return journal, first, second


@pytest.mark.parametrize(
    ("parent", "then"),
    [("waiting", "queued"), ("in_doubt", "queued"), ("running", "running"), ("paused", "paused")],
)
async def test_a_parent_is_told_wherever_it_stands(tables, parent, then):
    journal, first, child = await both(tables, parent)
    await journal.append(child, [END[0]], END[1], Kin((), TOLD, "run_1"))
    record = await journal.record("run_1")
    assert (record.status, record.head) == (then, first.head + 1)
    assert (await journal.events("run_1"))[-1] == TOLD
    if parent == "running":
        with pytest.raises(Overtaken):
            await journal.append(first, [], RUNNING)


async def test_whoever_lost_its_claim_tells_nobody_and_begins_nobody(tables):
    journal, first, child = await both(tables, "waiting")
    journal.clock.now += 11
    await journal.claim_some("other", 10, 9)
    born = (RunRecord("run_3", "t", "key_1", "desk", "d"), e.RunCreated("desk", "d", ()))
    with pytest.raises(Fenced):
        await journal.append(child, [END[0]], END[1], Kin((born,), TOLD, "run_1"))
    assert (await journal.record("run_1")).head == first.head
    assert len(await journal.listed(None, None, 9)) == 2


@pytest.mark.parametrize("seed", [1, 2])
async def test_racing_children_end_with_their_parent_on_either_engine(tables, seed):
    await races(tables, seed, 24)
