"""A call that waits for a person is told once, whoever sees it, and again when others are asked."""

import json

import pytest

from agentloop import events as e
from agentloop.journal import Journal, Standing
from gateway.agents.announcing import Announcing
from ledger.notices import Notices
from tests.agentloop.databases import opened, sqlite_url
from tests.agentloop.stories import RECORD, story
from tests.ledger.world import Clock


@pytest.fixture
async def world(tmp_path):
    async with opened(sqlite_url(tmp_path)) as database:
        clock = Clock()
        journal = Journal(database, clock)
        entries = story()
        asked = next(entry.seq for entry in entries if isinstance(entry.event, e.ApprovalRequested))
        await journal.create(RECORD, entries[0].event)
        held = await journal.claim("worker", 10)
        events = [entry.event for entry in entries[2 : asked + 1]]
        held = await journal.append(held, events, Standing("waiting", "approval"))
        yield database, journal, clock, held


async def test_what_waits_is_told_once_over_all_processes(world):
    database, journal, clock, _ = world
    first, second = (Announcing(database, journal, clock, lambda: True) for _ in range(2))
    assert await first.look() == 1
    assert await first.look() == 0
    assert await second.look() == 0
    [notice] = await Notices(database).due(int(clock() * 1000))
    told = json.loads(notice.body)
    assert told["type"] == "approval.requested"
    assert (told["run_id"], told["tool"], told["arguments"], told["group"]) == (
        "run_1",
        "desk__send",
        '{"id":1}',
        "people",
    )
    assert len(told["arguments_sha256"]) == 64


async def test_when_others_are_asked_it_is_told_anew(world):
    database, journal, clock, held = world
    telling = Announcing(database, journal, clock, lambda: True)
    await telling.look()
    [asked] = [each for each in await journal.events("run_1") if isinstance(each, e.ApprovalRequested)]
    escalated = e.ApprovalEscalated(asked.approval_id, asked.call_id, "leads", 1)
    await journal.append(held, [escalated], Standing("waiting", "approval"))
    assert await telling.look() == 1
    bodies = [json.loads(each.body) for each in await Notices(database).due(int(clock() * 1000))]
    assert sorted(each["group"] for each in bodies) == ["leads", "people"]
