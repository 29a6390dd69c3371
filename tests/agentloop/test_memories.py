"""What is kept is found by its holder alone, in its time, and once for each step."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import msgspec
import pytest
from sqlalchemy import delete, insert, select

from agentloop.memories import Keeping, Memories
from agentloop.records import RunRecord, values_of
from storage.schema import keys, memories, organisations, runs, teams, users
from tests.agentloop.databases import opened, sqlite_url
from tests.ledger.world import Clock
from tests.storage.postgres import postgres

HERS = Keeping("user", "desk", 60.0, 3)
ANN = RunRecord("run_ann", "support", "key_ann", "desk", "")
SECOND = msgspec.structs.replace(ANN, id="run_second", key_id="key_second")  # another key of hers
BOB = msgspec.structs.replace(ANN, id="run_bob", key_id="key_bob")
NOBODYS = msgspec.structs.replace(ANN, id="run_nobody", key_id="key_nobody")
SALES = msgspec.structs.replace(ANN, id="run_sales", team="sales")  # the same key, as if another team had it
EVERYBODY = (ANN, SECOND, BOB, NOBODYS, SALES)
PEOPLE = {"key_ann": "u_ann", "key_second": "u_ann", "key_bob": "u_bob", "key_nobody": None}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request, tmp_path_factory):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path_factory.mktemp("memories"))
        return
    with postgres() as running:
        yield running


@pytest.fixture
async def kept(url):
    async with opened(url) as database:
        async with database.transaction() as transaction:
            for table in (memories, keys, users, teams, organisations):
                await transaction.execute(delete(table))
            await transaction.execute(insert(organisations).values(id="o", name="all", created_ms=1))
            team = {"id": "t", "organisation_id": "o", "name": "support", "created_ms": 1}
            await transaction.execute(insert(teams).values(team))
            for user in ("u_ann", "u_bob"):
                await transaction.execute(insert(users).values(id=user, team_id="t", name=user, created_ms=1))
            for key, user in PEOPLE.items():
                row = {"id": key, "hash": key, "team_id": "t", "user_id": user, "created_ms": 1}
                await transaction.execute(insert(keys).values(row))
            await transaction.execute(insert(runs), [values_of(each) for each in EVERYBODY])
        clock = Clock()
        kept = Memories(database, clock)
        kept.clock, kept.database = clock, database
        yield kept


async def texts(kept, record, how=HERS):
    return [memory.text for memory in await kept.held(record, how)]


async def keep(kept, record, how, *numbers):
    for number in numbers:
        kept.clock.now += 1
        assert await kept.keep(record, how, f"{record.id}{how.scope}{how.agent}{number}", f"fact {number}")


@pytest.mark.parametrize(
    ("scope", "who"),
    [("user", {ANN, SECOND}), ("agent", set(EVERYBODY) - {SALES}), ("team", set(EVERYBODY) - {SALES})],
)
async def test_its_holder_finds_it_and_nobody_else(kept, scope, who):
    how = replace(HERS, scope=scope)
    await keep(kept, ANN, how, 1)
    found = {each for each in EVERYBODY if await texts(kept, each, how)}
    assert found == who


async def test_scopes_and_agents_are_kept_apart(kept):
    await keep(kept, ANN, replace(HERS, scope="agent"), 1)
    assert await texts(kept, ANN, Keeping("agent", "other", 60.0, 3)) == []
    assert await texts(kept, ANN) == await texts(kept, ANN, replace(HERS, scope="team")) == []
    await keep(kept, NOBODYS, HERS, 2)
    assert await texts(kept, NOBODYS) == ["fact 2"]


async def test_a_step_that_comes_again_keeps_nothing_twice(kept):
    assert await kept.keep(ANN, HERS, "KEY", "first")
    assert await kept.keep(ANN, HERS, "KEY", "first")
    await asyncio.gather(*(kept.keep(ANN, HERS, "OTHER", "second") for _ in range(8)), return_exceptions=True)
    assert sorted(await texts(kept, ANN)) == ["first", "second"]


async def test_the_oldest_of_the_same_agent_and_holder_make_room(kept):
    await keep(kept, BOB, HERS, 0)
    await keep(kept, ANN, replace(HERS, agent="other"), 0)
    await keep(kept, ANN, HERS, 1, 2, 3, 4, 5)
    assert await texts(kept, ANN) == ["fact 5", "fact 4", "fact 3", "fact 0"]
    assert await texts(kept, BOB) == ["fact 0"]


async def test_what_is_over_is_not_found_and_then_is_gone(kept):
    await keep(kept, ANN, HERS, 1)
    kept.clock.now += 59
    await keep(kept, ANN, HERS, 2)
    assert await texts(kept, ANN) == ["fact 2"]
    assert await kept.expire() == 1
    left = await kept.database.fetch(select(memories.c.text))
    assert [row.text for row in left] == ["fact 2"]


async def test_nothing_is_kept_for_a_run_that_is_no_more(kept):
    async with kept.database.transaction() as transaction:
        await transaction.execute(delete(runs).where(runs.c.id == ANN.id))
    assert not await kept.keep(ANN, HERS, "LATE", "said too late")
    assert await texts(kept, ANN) == []


async def test_a_step_in_the_air_keeps_nothing_once_its_holder_is_being_erased(kept):
    async with kept.database.transaction() as transaction:
        await transaction.execute(delete(runs).where(runs.c.id == ANN.id))
        await transaction.execute(delete(memories).where(memories.c.key_id == ANN.key_id))
        late = asyncio.ensure_future(kept.keep(ANN, HERS, "LATE", "said too late"))
        await asyncio.sleep(0.2)
        assert not late.done()  # it waits for what becomes of its run
    assert not await late
    assert await texts(kept, ANN) == []


async def test_who_erases_waits_for_what_is_being_kept_and_deletes_it(kept):
    written, go = asyncio.Event(), asyncio.Event()
    slow = Memories(Slow(kept.database, written, go), kept.clock)
    keeping = asyncio.ensure_future(slow.keep(ANN, HERS, "EARLY", "said just before"))
    await written.wait()

    async def erase():
        async with kept.database.transaction() as transaction:
            await transaction.execute(delete(runs).where(runs.c.id == ANN.id))
            await transaction.execute(delete(memories).where(memories.c.key_id == ANN.key_id))

    erasing = asyncio.ensure_future(erase())
    await asyncio.sleep(0.2)
    go.set()
    assert await keeping
    await erasing
    assert await texts(kept, ANN) == []


class Slow:
    """The database, whose transactions wait before they are committed."""

    def __init__(self, database, written, go):
        self._database, self._written, self._go = database, written, go

    @asynccontextmanager
    async def transaction(self):
        async with self._database.transaction() as transaction:
            yield transaction
            self._written.set()
            await self._go.wait()
