"""Runs of runs: begun once, waited for as a row, told of once, ended with those that began them."""

import pytest

from agentloop import events as e
from agentloop.children import child_id
from agentloop.journal import Journal
from agentloop.run import replay
from agentloop.switches import Switch, Switches
from agentloop.words import speak
from tests.agentloop.family import Family, Killed, agent

HELPER = agent("helper")
DESK = agent("desk", HELPER)


async def test_another_agent_does_a_call_as_a_run_of_its_own(tables):
    family = Family(tables, {"desk": [("agents/helper",)], "helper": [("desk/look",)]})
    await family.begin(DESK)
    await family.round(1)
    waiting = await family.journal.record("run_1")
    assert (waiting.status, waiting.reason, waiting.wake_ms) == ("waiting", "child", 0)
    await family.settle()
    events = await family.journal.events("run_1")
    run = replay("run_1", events)
    assert run.ending == e.RunFinished("completed", "", "desk 2")
    started = next(event for event in events if isinstance(event, e.ChildStarted))
    ended = next(event for event in events if isinstance(event, e.ChildEnded))
    assert ended.output == "helper 2"
    assert started.run_id == ended.run_id == child_id(started.key)
    assert (run.used.tokens, run.used.cost, run.used.turns, run.used.tool_calls) == (40, 20, 2, 2)
    first = (await family.journal.events(started.run_id))[0]
    assert first.parent == e.Parent("run_1", "c1_0", ("desk",))
    assert '"content":"0"' in first.input[0].json


@pytest.mark.parametrize("at", range(1, 8))
async def test_a_death_of_either_begins_no_second_child_and_loses_nothing(tables, at):
    script = {"desk": [("agents/helper", "agents/helper"), ("desk/look",)], "helper": [("desk/look",)]}
    family = Family(tables, script)
    moments = iter(range(1, 1000))

    def danger():
        if next(moments) == at:
            raise Killed

    family.danger = danger
    await family.begin(agent("desk", HELPER, same_call=3))
    assert await family.until_settled() == 1
    runs = await family.runs()
    assert {run.status for run in runs.values()} == {"completed"}
    assert len(runs) == 3
    kinds = [e.name_of(event) for event in await family.journal.events("run_1")]
    assert kinds.count("child.started") == kinds.count("child.ended") == 2


async def test_a_death_between_a_childs_end_and_its_parents_word_is_not_possible(tables):
    family = Family(tables, {"desk": [("agents/helper",)]})
    await family.begin(DESK)
    await family.round(1)

    class Dying(Journal):
        async def append(self, held, events, standing=None, kin=None):
            async with self.database.transaction():
                pass
            if kin is not None and kin.ended is not None:
                raise Killed
            return await super().append(held, events, standing, kin)

    plain, family.journal = family.journal, Dying(tables, family.clock)
    with pytest.raises(Killed):
        await family.round(1)
    family.journal = plain
    assert (await plain.record("run_1")).status == "waiting"
    family.clock.now += 11
    await family.settle()
    assert {run.status for run in (await family.runs()).values()} == {"completed"}


async def test_a_cancelled_run_ends_those_that_it_began_first(tables):
    bottom = agent("bottom")
    middle = agent("middle", bottom)
    family = Family(tables, {"top": [("agents/middle",)], "middle": [("agents/bottom",)]})
    await family.begin(agent("top", middle, depth=3))
    await family.round(1)
    await family.round(1)  # two wait now, the third is due
    await speak(family.journal, "run_1", lambda run: [e.CancelRequested("key_9")])
    held = [each for each in await family.journal.claim_some("w", 10, 9) if each.id == "run_1"]
    record = await family.driver().drive(held[0])
    assert (record.status, record.reason) == ("waiting", "child")
    await family.settle()  # the one in the middle passes it on
    family.clock.now += 11
    await family.settle()
    assert {run.status for run in (await family.runs()).values()} == {"cancelled"}
    assert len(await family.runs()) == 3


async def test_a_run_whose_time_is_over_ends_those_that_it_began_first(tables):
    family = Family(tables, {"desk": [("agents/helper",)]})
    await family.begin(agent("desk", agent("helper"), wall=60))
    await family.round(1)  # one waits now, the other is due
    family.clock.now += 61
    [first] = [each for each in await family.journal.claim_some("w", 10, 9) if each.id == "run_1"]
    told = await family.driver().drive(first)
    assert (told.status, told.reason) == ("waiting", "child")
    family.clock.now += 11  # the child's claim
    await family.settle()
    ends = {run.agent: (run.status, run.reason) for run in (await family.runs()).values()}
    assert ends == {"desk": ("incomplete", "max_wall"), "helper": ("cancelled", "")}


async def test_what_stops_an_agent_holds_the_runs_that_it_began(tables):
    family = Family(tables, {"desk": [("agents/helper",)]})
    await family.begin(DESK)
    await family.round(1)
    switches = Switches(tables, family.clock)
    await switches.set(Switch("agent", "desk", "key_9", "look"))
    [held] = await family.journal.claim_some("w", 10, 9)
    assert held.agent == "helper"
    assert (await family.driver(switches).drive(held)).status == "paused"
    await switches.lift("agent", "desk")


async def test_a_child_that_comes_to_no_good_end_is_told_of_with_what_it_had_said(tables):
    helper = agent("helper", turns=1)
    family = Family(tables, {"desk": [("agents/helper",)], "helper": [("desk/look",)]})
    await family.begin(agent("desk", helper))
    await family.settle()
    run = replay("run_1", await family.journal.events("run_1"))
    assert run.ending.status == "completed"
    assert any("incomplete: max_turns" in item.json and "helper 1" in item.json for item in run.items)


async def test_a_conversation_goes_on_with_another_agent_in_the_same_run(tables):
    expert = agent("expert")
    family = Family(tables, {"desk": [("desk/look", "handoffs/expert")], "expert": [(), ("desk/look",)]})
    await family.begin(agent("desk", handoffs=(expert,)))
    await family.settle()
    assert list(await family.runs()) == ["run_1"]
    run = replay("run_1", await family.journal.events("run_1"))
    assert (run.agent, run.ending.output) == ("expert", "expert 3")
    assert any("handed_over_to" in item.json for item in run.items)
