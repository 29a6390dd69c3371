"""A call of which nobody knows whether it happened is neither forgotten nor taken for one that failed."""

import pytest

from agentloop import events as e
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.test_driver import Desk, Killed


@pytest.fixture
async def database(tmp_path):
    async with opened(sqlite_url(tmp_path), replays=True) as database:
        yield database


@pytest.mark.parametrize("happened", [True, False], ids=["it had happened", "it had not"])
async def test_a_call_that_was_lost_did_not_fail_because_its_tool_is_away_afterwards(database, happened):
    """Told that it failed, the model would ask for it again: under another key it would happen twice."""
    desk = Desk(database, [("keyed",), ("keyed",)])
    await desk.begin()
    calls = []

    async def call(record, tool, step):
        calls.append(step.key)
        if len(calls) == 1:
            desk.fakes.effects.update([step.key] * happened)
            return e.ToolUnknown(step.call.call_id, "the connection broke")
        return e.ToolFailed(step.call.call_id, "unavailable", "The tool's server cannot be reached now.")

    desk.fakes.call, works = call, desk.fakes.call
    assert (await desk.drive()).status == "in_doubt"
    assert len(set(calls)) == 1
    assert desk.fakes.asked == {1: 1}
    desk.fakes.call = works
    retry = e.DoubtResolved("c10", "retry", "key_9")
    await desk.journal.interject(await desk.journal.record("run_1"), [retry], "queued")
    assert (await desk.drive()).status == "completed"  # it is tried once more, after five attempts in vain
    assert sorted(desk.fakes.effects.values()) == [1, 1]


@pytest.mark.parametrize("resolution", ["confirm_done", "fail"])
async def test_a_cancel_does_not_forget_a_call_that_may_have_happened(database, resolution):
    desk = Desk(database, [("keyed", "read")])
    await desk.begin()
    desk.fakes.after = lambda: (_ for _ in ()).throw(Killed)
    with pytest.raises(BaseExceptionGroup):
        await desk.drive()
    desk.fakes.after = lambda: None
    desk.clock.now += 11
    await desk.journal.interject(await desk.journal.record("run_1"), [e.CancelRequested("key_9")], "queued")
    effects = dict(desk.fakes.effects)
    assert (await desk.drive()).status == "in_doubt"
    said = e.DoubtResolved("c10", resolution, "key_9")
    await desk.journal.interject(await desk.journal.record("run_1"), [said], "queued")
    assert (await desk.drive()).status == "cancelled"
    assert desk.fakes.effects == effects, "nor is anything made that was cancelled"
