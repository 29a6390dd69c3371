"""Rules about many runs: exactly as many pass as may, however many come at once, in whichever runs."""

import asyncio

import msgspec
import pytest
from sqlalchemy import delete

from agentloop import events as e
from agentloop.agents import AgentVersion, ToolVersion
from agentloop.choke import Case, Door
from agentloop.past import Past
from agentloop.policy import History, Rule
from agentloop.run import Run
from agentloop.steps import Step
from storage.schema import tool_history
from tests.agentloop.databases import opened, sqlite_url
from tests.storage.postgres import postgres

DAY = 86_400.0
REFUND = ToolVersion("desk/refund", "http", "", {"type": "object"}, "keyed")
LOOK = ToolVersion("desk/look", "http", "", {"type": "object"}, "read")


def agent(history: History, **rule) -> AgentVersion:
    tools = rule.pop("tools", ("desk/refund",))
    few = Rule("shop/few", "forbid", tools, history=history, **rule)
    return AgentVersion("desk", "fast", "", (REFUND, LOOK), rules=(few,))


FEW = agent(History(("desk/refund",), ("customer",), 3, within=DAY))
MUCH = agent(History(("desk/refund",), (), within=DAY, sum="facts.total", over=100.0))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request, tmp_path_factory):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path_factory.mktemp("past"))
        return
    with postgres() as running:
        yield running


@pytest.fixture
async def judge(url):
    async with opened(url) as database:
        async with database.transaction() as transaction:
            await transaction.execute(delete(tool_history))
        past = Past(database, float)
        door = Door(lambda schema, value: None, past=past)

        async def judge(run_id, of=FEW, now=0, tool="desk__refund", team="support", total=None, **arguments):
            facts = () if total is None else (e.Fact("customer", "ada", {"total": total}),)
            run = Run(run_id, who=e.Who(team), facts=facts, limits=e.Limits())
            given = msgspec.json.encode(arguments or {"customer": "ada"}).decode()
            step = Step(e.ToolCall("c1", tool, given), 1)
            return await past.judged(door, Case(run, step, of), 1_000_000_000 + int(now * 1000))

        yield judge


def passed(events):
    return sum(event.verdict == "allow" for event in events)


async def test_so_many_pass_in_a_time_over_all_runs_and_then_none(judge):
    found = [await judge(f"run_{n}") for n in range(5)]
    assert [event.verdict for event in found] == ["allow"] * 3 + ["deny"] * 2
    assert found[3].counted == {"shop/few": 3.0}
    assert found[3].rules == ("shop/few",)
    assert (await judge("run_9", customer="bob")).verdict == "allow"
    assert (await judge("run_9", team="others")).verdict == "allow"
    assert (await judge("run_9", now=DAY + 1)).verdict == "allow"


async def test_of_many_at_once_exactly_so_many_pass(judge):
    found = await asyncio.gather(*(judge(f"run_{n}") for n in range(24)))
    assert passed(found) == 3


async def test_the_same_call_judged_again_has_the_place_it_had(judge):
    for _ in range(3):
        assert (await judge("run_1")).counted == {"shop/few": 0.0}
    assert (await judge("run_2")).counted == {"shop/few": 1.0}


async def test_one_that_is_refused_gives_its_place_back(judge):
    refusing = msgspec.structs.replace(FEW, rules=(*FEW.rules, Rule("shop/none", "forbid", ("desk/refund",))))
    for n in range(5):
        assert (await judge(f"run_{n}", of=refusing)).verdict == "deny"
    assert (await judge("run_9")).counted == {"shop/few": 0.0}


async def test_a_sum_is_added_up_with_the_call_in_hand(judge):
    found = [await judge(f"run_{n}", of=MUCH, total=40.0) for n in range(4)]
    assert [event.verdict for event in found] == ["allow", "allow", "deny", "deny"]
    assert (await judge("run_9", of=MUCH, total=20)).verdict == "allow"
    assert (await judge("run_10", of=MUCH, total=1)).verdict == "deny"


async def test_what_cannot_be_counted_is_refused_with_the_way_to_know_it(judge):
    unknown = await judge("run_1", of=MUCH)
    assert unknown.verdict == "deny"
    assert "look it up" in unknown.message
    facts = agent(History(("desk/refund",), ("facts.owner",), 3, within=DAY))
    assert "what owner is" in (await judge("run_1", of=facts)).message


async def test_one_tool_may_be_bound_by_what_another_did(judge):
    after = agent(History(("desk/look",), (), 2, within=DAY))
    for n in range(2):
        assert (await judge(f"run_{n}", of=after)).verdict == "allow"
        assert (await judge(f"run_{n}", of=after, tool="desk__look")).verdict == "allow"
    assert (await judge("run_9", of=after)).verdict == "deny"


async def test_what_comes_before_no_rule_is_judged_all_the_same(judge):
    assert (await judge("run_1", tool="desk__nothing")).rules == ("unlisted",)


def test_only_agents_with_such_rules_need_it():
    assert Past.needed(FEW)
    assert not Past.needed(agent(History(("desk/refund",))))
