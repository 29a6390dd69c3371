"""The inbox over a journal: what waits is shown, what cannot be read hides nothing else."""

import json
from types import SimpleNamespace

from sqlalchemy import update

from agentloop.journal import Standing
from gateway.agents.inbox import Inbox
from storage.schema import run_events
from tests.gateway.agents.test_desk import AWAITING, CALLER, begun, desk

__all__ = ["desk"]


async def test_a_run_that_cannot_be_read_hides_no_other(desk):
    first, second = await begun(desk, *AWAITING), await begun(desk, *AWAITING)
    for run_id in (first, second):
        held = await desk.journal.record(run_id)
        await desk.journal.append(held, [], Standing("waiting", "approval"))
    async with desk.journal.database.transaction() as transaction:
        await transaction.execute(
            update(run_events).where(run_events.c.run_id == first, run_events.c.seq == 0).values(body="{}")
        )

    async def caller(request):
        return CALLER

    inbox = Inbox(desk, caller, caller)
    answer = await inbox.all(SimpleNamespace(query_params={}))
    told = json.loads(answer.body)
    assert [each["run_id"] for each in told["data"]] == [second]
    assert not told["has_more"]
