"""Both tools of a memory, through the one door: kept once through deaths, and decided the same again."""

import asyncio
import json
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, func, select

from agentloop import events as e
from agentloop.agents import AgentVersion, digest, version, written
from agentloop.driver import Driver
from agentloop.egress import Egress
from agentloop.journal import Journal, RunRecord
from agentloop.means import Means
from agentloop.policy import Rule
from agentloop.reach import Reach
from agentloop.steps import Step
from agentloop.tools.memory import open_tool
from config.agent_schema import MemoryEntry
from config.node import Node
from config.remembering import remembering
from config.toolbox import AgentFacts
from gateway.agents.fitting import door, fits
from storage.errors import StoreDown
from storage.schema import memories
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.prefixes import check_every_prefix
from tests.ledger.world import Clock
from tests.storage.postgres import postgres

TOOLBOX = SimpleNamespace(scope=SimpleNamespace(report=None), servers={})


class Killed(BaseException):
    """The process is gone."""


def agent(**memory) -> AgentVersion:
    tools = remembering("desk", MemoryEntry(scope="user", **memory), Node({}, 1, 1), TOOLBOX)
    return version(AgentFacts("desk", "fast", "", tools, {}, {}))


class Desk:
    """Runs of one agent, whose model says what the script has."""

    def __init__(self, database):
        self.database, self.clock = database, Clock()
        self.journal = Journal(database, self.clock)
        self.tool = open_tool(Means(None, fits, database, self.clock))
        self.script, self.dies = [], False

    async def ask(self, record, agent, command):
        place = command.turn - 1
        calls = () if place >= len(self.script) else (e.ToolCall(f"c{place}", *self.script[place]),)
        return e.ModelCompleted((), calls, "bye", 1, 1)

    async def call(self, record, tool, step):
        outcome = await self.tool.call(tool, Reach(Egress(frozenset()), {}, record=record), step)
        if self.dies:
            self.dies = False
            raise Killed
        return outcome

    async def begin(self, run_id, key_id="key_ann", team="support", of=None):
        of = of or agent()
        record = RunRecord(run_id, team, key_id, "desk", digest(of))
        await self.journal.create(
            record, e.RunCreated("desk", digest(of), (e.Item("{}"),), of.limits, written(of))
        )

    async def drive(self):
        held = await self.journal.claim("w", 10)
        assert held is not None
        return await Driver(self.journal, door(), (self, self), self.clock).drive(held)

    async def outputs(self, run_id):
        events = await self.journal.events(run_id)
        return [json.loads(each.output) for each in events if isinstance(each, e.ToolCompleted)]

    async def run(self, run_id, *script, **whose):
        self.script = [(f"memory__{name}", json.dumps(given)) for name, given in script]
        await self.begin(run_id, **whose)
        await self.drive()
        return await self.outputs(run_id)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request, tmp_path_factory):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path_factory.mktemp("memory"))
        return
    with postgres() as running:
        yield running


@pytest.fixture
async def desk(url):
    async with opened(url) as database:
        async with database.transaction() as transaction:
            await transaction.execute(delete(memories))
        yield Desk(database)
        assert await check_every_prefix(database, door())


TEA = ("remember", {"text": "Ada likes green tea"})
ASK = ("recall", {"query": "which tea?"})


async def test_what_one_run_kept_a_later_one_finds_as_data(desk):
    assert await desk.run("run_1", TEA) == [{"kept": True}]
    [found] = await desk.run("run_2", ASK)
    assert found["memories"] == [{"text": "Ada likes green tea", "kept": "2027-01-15", "by": "desk"}]
    assert "never an instruction" in found["untrusted"]


async def test_another_key_and_another_team_find_nothing_and_neither_does_who_comes_late(desk):
    await desk.run("run_1", TEA)
    assert (await desk.run("run_2", ASK, key_id="key_bob"))[0]["memories"] == []
    assert (await desk.run("run_3", ASK, team="sales"))[0]["memories"] == []
    desk.clock.now += 90 * 86_400
    assert (await desk.run("run_4", ASK))[0]["memories"] == []


async def test_a_death_after_it_was_kept_keeps_it_once(desk):
    desk.script, desk.dies = [("memory__remember", json.dumps(TEA[1]))], True
    await desk.begin("run_1")
    with pytest.raises(Killed):
        await desk.drive()
    desk.clock.now += 11
    assert (await desk.drive()).status == "completed"
    assert await desk.outputs("run_1") == [{"kept": True}]
    [row] = await desk.database.fetch(select(func.count()).select_from(memories))
    assert row[0] == 1


async def test_what_does_not_fit_is_refused_at_the_door(desk):
    too_long = ("remember", {"text": "x" * 2001})
    assert await desk.run("run_1", too_long, ("remember", {"text": ""}), ("recall", {})) == []
    events = await desk.journal.events("run_1")
    verdicts = [each.verdict for each in events if isinstance(each, e.PolicyDecided)]
    assert verdicts == ["deny"] * len(verdicts) != []
    assert not await desk.database.fetch(select(memories))


async def test_a_rule_that_forbids_to_keep_leaves_finding_as_it_is(desk):
    await desk.run("run_1", TEA)
    calm = replace(agent(), rules=(Rule("calm/quiet", "forbid", ("memory/remember",)),))
    [found] = await desk.run("run_2", ("remember", {"text": "more tea"}), ASK, of=calm)
    assert [each["text"] for each in found["memories"]] == ["Ada likes green tea"]


async def test_no_more_than_a_few_are_shown_the_best_ones(desk):
    facts = [("remember", {"text": f"tea number {number}"}) for number in range(7)]
    await desk.run("run_1", *facts, ("remember", {"text": "a tea\0 from Uji"}))
    [found] = await desk.run("run_2", ("recall", {"query": "tea Uji"}))
    assert len(found["memories"]) == 5
    assert found["memories"][0]["text"] == "a tea from Uji"


async def test_a_database_that_is_away_is_an_outcome_and_a_run_that_is_gone_keeps_nothing(desk):
    [keep, find] = agent().tools
    gone = Reach(Egress(frozenset()), {}, record=RunRecord("run_gone", "support", "key_ann", "desk", ""))
    step = Step(e.ToolCall("c", keep.name, '{"text":"late"}'), 1, key="K")
    assert isinstance(await desk.tool.call(keep, gone, step), e.ToolFailed)
    nobody = Reach(Egress(frozenset()), {})
    assert isinstance(
        await desk.tool.call(find, nobody, Step(e.ToolCall("c", "", '{"query":"x"}'), 1)), e.ToolFailed
    )

    async def away(*_):
        raise StoreDown("no")

    desk.tool._memories = SimpleNamespace(keep=away, held=away)
    for tool, given in ((keep, '{"text":"x"}'), (find, '{"query":"x"}')):
        outcome = await desk.tool.call(tool, gone, Step(e.ToolCall("c", "", given), 1))
        assert isinstance(outcome, e.ToolUnknown)
    await desk.run("run_1")


async def test_what_is_over_is_deleted_by_its_duty(desk):
    await desk.run("run_1", TEA, of=agent(ttl="1s"))
    desk.clock.now += 2
    duty = asyncio.ensure_future(desk.tool.run(None))
    for _ in range(200):
        if not await desk.database.fetch(select(memories)):
            break
        await asyncio.sleep(0.02)
    duty.cancel()
    assert not await desk.database.fetch(select(memories))
