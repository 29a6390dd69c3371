"""A summary is a model call as any: written before it is asked, asked again where its answer was lost."""

import pytest

from agentloop import events as e
from agentloop.choke import Door
from agentloop.driver import Driver
from agentloop.switches import Switch, Switches
from agentloop.words import speak
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.test_driver import Desk, Killed
from tests.agentloop.test_summing import LONG

SUMMED = {"window": 1_000, "summary": "brief", "tokens": 100_000}


@pytest.fixture
async def database(tmp_path):
    async with opened(sqlite_url(tmp_path), replays=True) as database:
        yield database


@pytest.fixture
async def desk(database):
    desk = Desk(database, [("read",)], **SUMMED)
    await desk.begin(LONG)
    return desk


async def of_summaries(desk):
    return [kind for kind in await desk.kinds() if kind.startswith("summary.")]


async def test_what_falls_out_is_summed_up_once_and_counted(desk):
    record = await desk.drive()
    assert record.status == "completed"
    assert await of_summaries(desk) == ["summary.requested", "summary.completed"]
    assert len(desk.fakes.summed) == 1
    [done] = [each for each in await desk.journal.events("run_1") if isinstance(each, e.SummaryCompleted)]
    assert (done.text, done.cost) == ("so far", 50)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_summary_whose_answer_was_lost_is_asked_for_again(desk, when):
    def kill():
        setattr(desk.fakes, when, lambda: None)
        raise Killed

    setattr(desk.fakes, when, kill)
    with pytest.raises(Killed):
        await desk.drive()
    assert await of_summaries(desk) == ["summary.requested"]
    desk.clock.now += 11
    assert (await desk.drive()).status == "completed"
    assert await of_summaries(desk) == ["summary.requested", "summary.requested", "summary.completed"]
    assert [attempt for _, attempt in desk.fakes.summed] == [1, 2]


async def test_an_answer_is_kept_whatever_is_said_meanwhile(desk):
    """Somebody ends the run while the model is asked: what it answered was paid, and is written."""
    answered = desk.fakes.sum_up

    async def meanwhile(record, command):
        await speak(desk.journal, "run_1", lambda run: [e.CancelRequested("key_9")], "support")
        return await answered(record, command)

    desk.fakes.sum_up = meanwhile
    assert (await desk.drive()).status == "cancelled"
    assert await of_summaries(desk) == ["summary.requested", "summary.completed"]
    assert not desk.fakes.asked


async def test_a_model_that_the_operator_stopped_is_not_asked(desk, database):
    switches = Switches(database, desk.clock)
    await switches.set(Switch("model", "brief"))
    desk.driver = lambda: Driver(
        desk.journal, Door(lambda schema, value: None), (desk.fakes, desk.fakes), desk.clock, switches
    )
    record = await desk.drive()
    assert (record.status, desk.fakes.summed) == ("paused", [])
    await switches.lift("model", "brief")
    await speak(desk.journal, "run_1", lambda run: [e.RunResumed("key_9")], "support")
    assert (await desk.drive()).status == "completed"
    assert len(desk.fakes.summed) == 1
