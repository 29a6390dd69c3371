"""A soft limit asks a person, who lets the run go on or not; the hard one ends it with what it has."""

import pytest

from agentloop import events as e
from agentloop.run import replay
from agentloop.steps import IllegalMove
from agentloop.words import speak
from tests.agentloop.family import Family, agent

DAY = 24 * 3600


async def waiting(tables, **limits):
    family = Family(tables, {"desk": [("desk/look",)] * 5})
    await family.begin(agent("desk", same_call=9, **limits))
    await family.settle()
    record = await family.journal.record("run_1")
    assert (record.status, record.reason) == ("waiting", "budget")
    return family


async def raised(family, limit="tokens", to=0):
    await speak(family.journal, "run_1", lambda run: [e.BudgetRaised(limit, to, "key_9")])
    await family.settle()
    return await family.journal.record("run_1")


async def test_a_run_waits_at_its_soft_limit_and_goes_on_to_the_next_or_the_hard_one(tables):
    family = await waiting(tables, tokens=50, soft={"tokens": 20})
    assert sum(family.asked.values()) == 2
    assert (await raised(family, to=40)).status == "waiting"
    assert sum(family.asked.values()) == 4
    record = await raised(family)
    assert (record.status, record.reason) == ("incomplete", "max_tokens")
    run = replay("run_1", await family.journal.events("run_1"))
    assert run.ending.output == "desk 5"  # what it had said by then


@pytest.mark.parametrize("limit", ["turns", "tool_calls", "cost"])
async def test_each_of_them_can_be_soft(tables, limit):
    family = await waiting(tables, soft={limit: 2})
    assert (await raised(family, limit)).status == "completed"


async def test_nobody_raises_what_is_not_asked_for_or_is_used_already(tables):
    family = await waiting(tables, soft={"tokens": 20})
    with pytest.raises(IllegalMove, match="does not wait"):
        await raised(family, "cost")
    with pytest.raises(IllegalMove, match="used 20 already"):
        await raised(family, to=20)


async def test_whom_nobody_answers_in_a_day_ends_with_what_it_has(tables):
    family = await waiting(tables, soft={"tokens": 20})
    family.clock.now += DAY - 1
    assert not await family.round()
    family.clock.now += 2
    await family.settle()
    record = await family.journal.record("run_1")
    assert (record.status, record.reason) == ("incomplete", "max_tokens")


async def test_a_run_that_waits_so_can_be_cancelled(tables):
    family = await waiting(tables, soft={"tokens": 20})
    await speak(family.journal, "run_1", lambda run: [e.CancelRequested("key_9")])
    await family.settle()
    assert (await family.journal.record("run_1")).status == "cancelled"
