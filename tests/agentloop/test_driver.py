"""The driver: what it begins is written first, what happened is never forgotten, whatever else is said."""

import asyncio
import dataclasses
from collections import Counter

import pytest
from msgspec.structs import replace

from agentloop import events as e
from agentloop.agents import AgentVersion, ApprovalRule, ToolVersion, digest, written
from agentloop.choke import Door
from agentloop.driver import Driver
from agentloop.journal import RUNNING, Fenced, Journal, RunRecord
from agentloop.past import Past
from agentloop.policy import Escalation, History, Rule
from agentloop.replaying import replayed
from agentloop.words import awaiting, judged, speak
from tests.agentloop.databases import opened, sqlite_url
from tests.ledger.world import Clock

OBJECT = {"type": "object"}
ITEMS = (e.Item("{}"),)
EFFECTS = ("read", "keyed", "unsafe")


def agent(**limits):
    tools = [ToolVersion(f"orders/{effect}", "fake", "", OBJECT, effect) for effect in EFFECTS]
    tools.append(ToolVersion("orders/asked", "fake", "", OBJECT, "keyed", approval=ApprovalRule("people")))
    return AgentVersion("desk", "fast", "Help.", tuple(tools), e.Limits(**limits))


class Killed(BaseException):
    """The process is gone."""


class Fakes:
    """Models and tools: each turn asks for the tools of the script, the last says goodbye."""

    def __init__(self, script):
        self.script = script
        self.asked = Counter()
        self.effects = Counter()
        self.summed = []
        self.before = lambda: None
        self.after = lambda: None

    async def ask(self, record, agent, command):
        self.asked[command.turn] += 1
        names = self.script[command.turn - 1] if command.turn <= len(self.script) else ()
        calls = [
            e.ToolCall(f"c{command.turn}{at}", f"orders__{name}", f'{{"n":{command.turn}}}')
            for at, name in enumerate(names)
        ]
        return e.ModelCompleted((), tuple(calls), f"turn {command.turn}", 10, 5)

    async def sum_up(self, record, command):
        self.summed.append((command.through, command.attempt))
        self.before()
        self.after()
        return e.SummaryCompleted(command.through, "so far", 100, 50)

    async def call(self, record, tool, step):
        self.before()
        if not (tool.effect == "keyed" and step.key in self.effects):
            self.effects[step.key] += 1
        self.after()
        return e.ToolCompleted(step.call.call_id, "done")

    async def reconcile(self, record, agent, step):
        return e.ToolReconciled(step.call.call_id, step.key in self.effects)


class Desk:
    """A journal, and drivers that come and go."""

    def __init__(self, database, script, **limits):
        self.clock = Clock()
        self.journal = Journal(database, self.clock)
        self.fakes = Fakes(script)
        self.agent = agent(**limits)

    async def begin(self, items=ITEMS):
        record = RunRecord("run_1", "support", "key_1", "desk", digest(self.agent))
        created = e.RunCreated(
            "desk", digest(self.agent), tuple(items), self.agent.limits, written(self.agent)
        )
        await self.journal.create(record, created)

    def driver(self):
        return Driver(self.journal, Door(lambda schema, value: None), (self.fakes, self.fakes), self.clock)

    async def drive(self):
        held = await self.journal.claim("w", 10)
        assert held is not None
        return await self.driver().drive(held)

    async def kinds(self):
        return [e.name_of(event) for event in await self.journal.events("run_1")]


@pytest.fixture
async def database(tmp_path):
    async with opened(sqlite_url(tmp_path), replays=True) as database:
        yield database


async def test_a_run_is_driven_to_its_end(database):
    desk = Desk(database, [("read",), ("keyed", "read")])
    await desk.begin()
    record = await desk.drive()
    assert (record.status, record.reason) == ("completed", "")
    assert list((await desk.journal.events("run_1"))[-1:]) == [e.RunFinished("completed", "", "turn 3")]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("effect", EFFECTS)
async def test_a_killed_call_is_repeated_or_put_before_a_person(database, effect, when):
    desk = Desk(database, [(effect,)])
    await desk.begin()

    def kill():
        setattr(desk.fakes, when, lambda: None)
        raise Killed

    setattr(desk.fakes, when, kill)
    with pytest.raises(Killed):
        await desk.drive()
    assert (await desk.kinds())[-1] == "tool.intent"
    desk.clock.now += 11
    record = await desk.drive()
    if effect == "unsafe":
        assert record.status == "in_doubt"
        assert sum(desk.fakes.effects.values()) == (1 if when == "after" else 0)
        return
    assert record.status == "completed"
    assert sum(desk.fakes.effects.values()) == (2 if (effect, when) == ("read", "after") else 1)
    assert desk.fakes.asked == {1: 1, 2: 1}  # what the model had said was kept


async def test_a_run_that_waits_for_a_person_goes_on_with_their_word(database):
    desk = Desk(database, [("asked",)])
    await desk.begin()
    record = await desk.drive()
    assert (record.status, record.reason) == ("waiting", "approval")
    asked = next(each for each in await desk.journal.events("run_1") if isinstance(each, e.ApprovalRequested))
    word = e.ApprovalResolved(asked.approval_id, asked.call_id, "approved", "key_9")
    await desk.journal.interject(await desk.journal.record("run_1"), [word], "queued")
    assert (await desk.drive()).status == "completed"
    assert sum(desk.fakes.effects.values()) == 1


async def test_a_cancel_in_the_middle_of_a_call_keeps_what_the_call_did(database):
    desk = Desk(database, [("keyed",), ("keyed",)])
    await desk.begin()
    held = await desk.journal.claim("w", 10)
    reached, go = asyncio.Event(), asyncio.Event()
    plain = desk.fakes.call

    async def slow(record, tool, step):
        reached.set()
        await go.wait()
        return await plain(record, tool, step)

    desk.fakes.call = slow
    driving = asyncio.ensure_future(desk.driver().drive(held))
    await reached.wait()
    await desk.journal.interject(await desk.journal.record("run_1"), [e.CancelRequested("key_9")], "queued")
    go.set()
    assert (await driving).status == "cancelled"
    kinds = await desk.kinds()
    assert kinds[-3:] == ["run.cancelling", "tool.completed", "run.finished"]
    assert desk.fakes.asked == {1: 1}


async def test_a_worker_that_was_thought_dead_can_write_nothing_more(database):
    desk = Desk(database, [("keyed",)])
    await desk.begin()
    held = await desk.journal.claim("w", 10)
    desk.clock.now += 11
    assert (await desk.drive()).status == "completed"
    before = await desk.kinds()
    with pytest.raises(Fenced):
        await desk.driver().drive(held)
    assert await desk.kinds() == before


async def test_calls_of_one_turn_run_at_once_and_each_outcome_is_kept(database):
    desk = Desk(database, [("keyed", "read", "keyed")], same_call=5)
    await desk.begin()
    inside = asyncio.Barrier(3)
    plain = desk.fakes.call

    async def together(record, tool, step):
        await inside.wait()
        return await plain(record, tool, step)

    desk.fakes.call = together
    assert (await desk.drive()).status == "completed"
    assert (await desk.kinds()).count("tool.completed") == 3


async def test_a_tool_step_costs_two_commits(database):
    desk = Desk(database, [("read",)])
    await desk.begin()
    held = await desk.journal.claim("w", 10)
    commits = []
    plain = desk.journal.append

    class Counting(Journal):
        async def append(self, held, events, standing=RUNNING):
            commits.append([e.name_of(event) for event in events])
            return await plain(held, events, standing)

    desk.journal = Counting(database, desk.clock)
    await desk.driver().drive(held)
    assert commits == [
        ["model.requested"],
        ["model.completed", "policy.decided", "tool.intent"],
        ["tool.completed", "model.requested"],
        ["model.completed", "run.finished"],
    ]


async def test_rules_about_many_runs_are_held_and_a_replay_decides_the_same(database):
    desk = Desk(database, [("keyed",), ("keyed",)])
    rule = Rule(
        "shop/once", "forbid", ("orders/keyed",), history=History(("orders/keyed",), (), 1, within=60)
    )
    desk.agent = replace(desk.agent, rules=(rule,))
    door = Door(lambda schema, value: None)
    desk.driver = lambda: Driver(
        desk.journal,
        dataclasses.replace(door, past=Past(database, desk.clock)),
        (desk.fakes, desk.fakes),
        desk.clock,
    )
    await desk.begin()
    await desk.drive()
    assert sum(desk.fakes.effects.values()) == 1
    judged = [each for each in await desk.journal.events("run_1") if isinstance(each, e.PolicyDecided)]
    assert [(each.verdict, each.counted) for each in judged] == [
        ("allow", {"shop/once": 0.0}),
        ("deny", {"shop/once": 1.0}),
    ]
    assert replayed("run_1", await desk.journal.entries("run_1"), door).difference is None


def escalating(database):
    desk = Desk(database, [("asked",)])
    asked = ApprovalRule("people", 60, Escalation("leads", 600))
    tools = tuple(replace(tool, approval=asked if tool.approval else None) for tool in desk.agent.tools)
    desk.agent = replace(desk.agent, tools=tools)
    return desk


async def test_an_approval_that_nobody_gives_is_asked_of_others_and_counts_from_them_alone(database):
    desk = escalating(database)
    await desk.begin()
    await desk.drive()
    desk.clock.now += 61
    assert (await desk.drive()).status == "waiting"
    escalated = (await desk.journal.events("run_1"))[-1]
    assert (escalated.group, escalated.expires_ms) == ("leads", int(desk.clock.now * 1000) + 600_000)
    assert await desk.journal.claim("w", 10) is None

    def approve(run):
        step = awaiting(run, escalated.approval_id, 0)
        assert step.group == "leads"
        return [judged(step, approve=True, by="lead", reason="")]

    await speak(desk.journal, "run_1", approve)
    assert (await desk.drive()).status == "completed"
    assert sum(desk.fakes.effects.values()) == 1
    entries = await desk.journal.entries("run_1")
    assert replayed("run_1", entries, Door(lambda schema, value: None)).difference is None


async def test_an_approval_that_others_do_not_give_either_is_over(database):
    desk = escalating(database)
    await desk.begin()
    for seconds in (0, 61, 601):
        desk.clock.now += seconds
        record = await desk.drive()
    assert record.status == "completed"
    assert not desk.fakes.effects
    assert [name for name in await desk.kinds() if name.startswith("approval.")] == [
        "approval.requested",
        "approval.escalated",
        "approval.resolved",
    ]


async def test_an_approval_that_nobody_gives_is_denied_when_its_time_is_over(database):
    desk = Desk(database, [("asked",)])
    await desk.begin()
    assert (await desk.drive()).status == "waiting"
    desk.clock.now += 14_399
    assert await desk.journal.claim("w", 10) is None
    desk.clock.now += 2
    assert (await desk.drive()).status == "completed"
    assert not desk.fakes.effects
    said = [each for each in await desk.journal.events("run_1") if isinstance(each, e.ApprovalResolved)]
    assert [each.decision for each in said] == ["expired"]


async def test_a_run_that_waits_ends_when_its_time_is_over(database):
    desk = Desk(database, [("asked",)], wall=60)
    await desk.begin()
    begun = desk.clock()
    rests = await desk.drive()
    assert rests.status == "waiting"
    assert rests.wake_ms <= (begun + 61) * 1000
    assert await desk.journal.claim("w", 10) is None
    desk.clock.now += 61
    ended = await desk.drive()
    assert (ended.status, ended.reason) == ("incomplete", "max_wall")
    assert not desk.fakes.effects


async def test_what_is_in_the_air_when_the_time_is_over_is_kept_and_nothing_more_begins(database):
    desk = Desk(database, [("keyed",), ("keyed",)], wall=60)

    def slow():
        desk.clock.now += 61

    desk.fakes.after = slow
    await desk.begin()
    ended = await desk.drive()
    assert (ended.status, ended.reason) == ("incomplete", "max_wall")
    assert sum(desk.fakes.effects.values()) == 1
    assert (await desk.kinds())[-3:] == ["tool.completed", "limit.reached", "run.finished"]


async def test_who_leaves_ends_what_is_in_the_air_and_puts_the_run_down_for_others(database):
    desk = Desk(database, [("unsafe",), ("unsafe", "keyed")])
    await desk.begin()
    leaving = desk.driver()
    desk.fakes.after = leaving.leave
    held = await desk.journal.claim("w", 10)
    assert (await leaving.drive(held)).status == "queued"
    assert (await desk.kinds())[-1] == "tool.completed"
    desk.fakes.after = lambda: None
    assert (await desk.drive()).status == "completed"
    assert sorted(desk.fakes.effects.values()) == [1, 1, 1]
    assert set(desk.fakes.asked.values()) == {1}


async def test_who_leaves_while_a_model_thinks_keeps_its_answer(database):
    desk = Desk(database, [("unsafe",)])
    await desk.begin()
    leaving, ask = desk.driver(), desk.fakes.ask

    async def asked(*of):
        leaving.leave()
        return await ask(*of)

    desk.fakes.ask = asked
    held = await desk.journal.claim("w", 10)
    assert (await leaving.drive(held)).status == "queued"
    assert (await desk.kinds())[-1] == "model.completed"
    assert (await desk.drive()).status == "completed"
    assert desk.fakes.asked[1] == 1
