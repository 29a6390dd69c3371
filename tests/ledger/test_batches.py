"""Who works on a batch writes it, nobody else, and it moves as it may."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from ledger.batches import BEFORE, Batch, Batches, Lease, LeaseLost, Recorded
from ledger.files import AT_WORK, Files, KeptFile
from storage.engine import open_database
from storage.ready import ensure_schema
from tests.ledger.world import Clock, opened
from tests.storage.postgres import postgres

NOW = 1_800_000_000_000
BATCH = Batch(
    id="b1",
    team="red",
    key_id="k",
    endpoint="/v1/embeddings",
    input_file_id="f1",
    completion_window="24h",
    created_ms=NOW,
    expires_ms=NOW + 86_400_000,
)
MADE = KeptFile("out", "red", "batch_output", "out.jsonl", 7, "out.1", NOW, NOW + 60_000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def batches(tmp_path: Path, clock: Clock) -> AsyncIterator[Batches]:
    async with opened(tmp_path / "a.db") as database:
        yield Batches(database, clock)


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[Batches]:
    """In each of the two engines."""
    if request.param == "sqlite":
        async with opened(tmp_path / "a.db") as database:
            yield Batches(database, clock)
        return
    with postgres() as url:
        database = open_database(url, deadline=20.0)
        await ensure_schema(database)
        yield Batches(database, clock)
        await database.close()


async def claimed(batches: Batches) -> Lease:
    found = await batches.claim(5)
    assert found is not None
    return found[1]


async def test_a_batch_goes_its_way_under_one_lease(either: Batches, clock: Clock) -> None:
    batches = either
    await batches.add(BATCH)
    lease = await claimed(batches)
    assert await batches.claim(5) is None, "somebody else took it too"
    assert await batches.begin(lease, 2)
    await batches.record(lease, Recorded(2, True, '{"n": 2}'))
    # A second time is once, also among others.
    await batches.record(lease, Recorded(2, False, "again"), Recorded(1, False, '{"n": 1}'))
    await batches.record(lease, Recorded(1, True, "again"))
    stands = await batches.renew(lease, 5)
    assert (stands.status, stands.total, stands.completed, stands.failed) == ("in_progress", 2, 1, 1)
    assert await batches.done("b1") == {1, 2}
    assert await batches.recorded("b1", 0) == [Recorded(1, False, '{"n": 1}'), Recorded(2, True, '{"n": 2}')]
    assert await batches.recorded("b1", 0, 1) == [Recorded(1, False, '{"n": 1}')]
    clock.now += 1
    assert await batches.finalize(lease)
    assert await batches.finish(lease, "completed", made=(MADE, None))
    done = await batches.get("b1", "red")
    assert done is not None and not done.at_work
    assert (done.status, done.output_file_id, done.error_file_id) == ("completed", "out", None)
    assert (done.in_progress_ms, done.completed_ms) == (NOW, NOW + 1000)
    assert [await batches.forget_lines(1) for _ in range(3)] == [True, True, False]
    assert await batches.done("b1") == set()
    assert await Files(batches.database, clock).get("out", "red") == MADE
    clock.now += 60
    assert await batches.claim(5) is None


async def test_who_lost_the_lease_writes_nothing_more(either: Batches, clock: Clock) -> None:
    batches = either
    await batches.add(BATCH)
    old = await claimed(batches)
    assert await batches.begin(old, 3)
    clock.now += 6
    new = await claimed(batches)
    assert new.fence == old.fence + 1
    for late in (
        batches.record(old, Recorded(1, True, "late")),
        batches.renew(old, 5),
        batches.finalize(old),
        batches.finish(old, "completed", made=(MADE, None)),
        batches.release(old),
    ):
        with pytest.raises(LeaseLost):
            await late
    assert await batches.done("b1") == set()
    assert await Files(batches.database, clock).get("out", None) is None
    await batches.record(new, Recorded(1, True, "{}"))
    assert not await batches.forget_lines()
    assert (await batches.renew(new, 5)).completed == 1


async def test_a_released_batch_is_free_at_once(batches: Batches) -> None:
    await batches.add(BATCH)
    await batches.release(await claimed(batches))
    assert (await claimed(batches)).fence == 2


async def test_the_oldest_is_taken_first_and_what_one_has_is_left_out(batches: Batches) -> None:
    await batches.add(replace(BATCH, id="b2", created_ms=NOW + 2))
    await batches.add(BATCH)
    assert (await claimed(batches)).batch_id == "b1"
    assert await batches.claim(5, ["b2"]) is None
    assert (await claimed(batches)).batch_id == "b2"


async def test_a_cancelled_batch_begins_and_completes_no_more(batches: Batches) -> None:
    await batches.add(BATCH)
    lease = await claimed(batches)
    assert await batches.cancel("b1")
    assert not await batches.cancel("b1")
    assert not await batches.begin(lease, 2)
    assert not await batches.finalize(lease)
    assert not await batches.finish(lease, "completed")
    assert await batches.finish(lease, "cancelled")
    assert not await batches.cancel("b1")


async def test_a_list_is_of_a_team_or_of_all(batches: Batches) -> None:
    await batches.add(BATCH)
    await batches.add(replace(BATCH, id="b2", team="blue", created_ms=NOW + 1))
    assert [batch.id for batch in (await batches.list(None))[0]] == ["b2", "b1"]
    assert [batch.id for batch in (await batches.list("red"))[0]] == ["b1"]
    assert await batches.get("b1", "blue") is None


async def test_only_what_has_ended_is_forgotten(batches: Batches) -> None:
    await batches.add(BATCH)
    await batches.forget_older(NOW + 1)
    assert await batches.get("b1") is not None
    assert not await batches.forget("b1")
    assert await batches.finish(await claimed(batches), "failed")
    await batches.forget_older(NOW)
    assert await batches.get("b1") is not None
    await batches.forget_older(NOW + 1)
    assert await batches.get("b1") is None
    await batches.add(replace(BATCH, status="completed"))
    assert await batches.forget("b1")
    assert await batches.get("b1") is None


def test_no_move_leads_out_of_an_end() -> None:
    ends = {"completed", "failed", "expired", "cancelled"}
    assert not ends & {state for states in BEFORE.values() for state in states}
    assert ends.isdisjoint(AT_WORK)
    assert set(BEFORE) == (ends | set(AT_WORK)) - {"validating"}
