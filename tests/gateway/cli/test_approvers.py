"""In whose name a command judges: a valid key of the run's team and of the group, and not who began it."""

import pytest
from msgspec.structs import replace

from agentloop.journal import Journal
from gateway.cli.approvers import NotApprover, approver
from ledger.entities import NewTeam
from tests.agentloop.stories import RECORD, story
from tests.ledger.world import world

PEOPLE = (("approver", "people"),)


async def test_only_an_approver_of_the_group_and_team_who_did_not_begin_it_judges(tmp_path):
    async with world(tmp_path / "ledger.db") as here:
        journal = Journal(here.database, here.clock)
        begins, judges = await here.key(tags=PEOPLE), await here.key(tags=PEOPLE)
        idle = await here.key()
        ann, also_ann = await here.key(user="ann"), await here.key(user="ann", tags=PEOPLE)
        old = await here.key(tags=PEOPLE, expires_ms=int(here.clock() * 1000) + 1000)
        await here.accounts.teams.create(NewTeam("others"))
        stranger = await here.key(team="others", tags=PEOPLE)
        here.clock.now += 2
        await journal.create(replace(RECORD, key_id=begins.key.id), story()[0].event)
        (await approver(journal, "run_1", judges.key.id)).check("people")
        with pytest.raises(NotApprover, match="group 'leads'"):
            (await approver(journal, "run_1", judges.key.id)).check("leads")
        with pytest.raises(NotApprover, match="is of none"):
            (await approver(journal, "run_1", idle.key.id)).check("people")
        await journal.create(replace(RECORD, id="run_2", key_id=ann.key.id), story()[0].event)
        with pytest.raises(NotApprover, match="Whoever began"):
            await approver(journal, "run_2", also_ann.key.id)
        for key, why in ((begins, "Whoever began"), (old, "not valid"), (stranger, "has no key")):
            with pytest.raises(NotApprover, match=why):
                await approver(journal, "run_1", key.key.id)
