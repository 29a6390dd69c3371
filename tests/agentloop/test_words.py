"""Words to a run are added whole, and only where they can follow."""

import pytest

from agentloop import events as e
from agentloop.journal import Journal, Overtaken, RunNotFound, Standing
from agentloop.words import Final, NoApproval, TooFast, awaiting, judged, speak
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.stories import RECORD, story
from tests.ledger.world import Clock


@pytest.fixture
async def journal(tmp_path):
    async with opened(sqlite_url(tmp_path)) as database:
        journal = Journal(database, Clock())
        entries = story()
        asked = next(entry.seq for entry in entries if isinstance(entry.event, e.ApprovalRequested))
        await journal.create(RECORD, entries[0].event)
        held = await journal.claim("worker", 10)
        await journal.append(held, [entry.event for entry in entries[2 : asked + 1]])
        yield journal


async def test_a_word_for_a_call_that_waits_is_written_once(journal):
    approval = next(
        each.approval_id for each in await journal.events("run_1") if isinstance(each, e.ApprovalRequested)
    )
    assert await journal.asked_for(approval) == "run_1"
    assert await journal.asked_for("apr_%") is None

    def word(run):
        return [judged(awaiting(run, approval, 0), approve=True, by="me", reason="x" * 3000)]

    await speak(journal, "run_1", word)
    said = (await journal.events("run_1"))[-1]
    assert (said.decision, said.by, len(said.reason)) == ("approved", "me", 2000)
    with pytest.raises(NoApproval):
        await speak(journal, "run_1", word)


async def test_a_word_that_comes_after_its_time_is_none_also_where_no_driver_saw_that(journal):
    asked = next(each for each in await journal.events("run_1") if isinstance(each, e.ApprovalRequested))

    def word(now_ms):
        def said(run):
            return [judged(awaiting(run, asked.approval_id, now_ms), approve=True, by="me", reason="")]

        return said

    with pytest.raises(NoApproval):
        await speak(journal, "run_1", word(asked.expires_ms))
    await speak(journal, "run_1", word(asked.expires_ms - 1))


async def test_only_a_run_that_there_is_and_that_lives_is_spoken_to(journal):
    with pytest.raises(RunNotFound):
        await speak(journal, "run_1", lambda run: [], "another team")
    await speak(journal, "run_1", lambda run: [e.CancelRequested("me")])
    held = await journal.record("run_1")
    await journal.append(held, [e.RunFinished("cancelled")], Standing("cancelled"))
    with pytest.raises(Final, match="cancelled"):
        await speak(journal, "run_1", lambda run: [e.CancelRequested("me")])


async def test_who_is_always_overtaken_is_told_so(journal):
    class Busy:
        record, events = journal.record, journal.events

        async def interject(self, *said):
            raise Overtaken("run_1")

    with pytest.raises(TooFast):
        await speak(Busy(), "run_1", lambda run: [e.CancelRequested("me")])
