"""Who approves from the command line: a key of the ledger, which may not approve its own runs."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from agentloop.journal import Journal
from gateway.agents.separating import began
from storage.schema import keys, teams

_GROUP = "approver"  # the tag that names the group for which a key approves


class NotApprover(Exception):
    """This key may not decide."""


@dataclass(frozen=True, slots=True)
class Approver:
    """A valid key that did not start the run."""

    key_id: str
    group: str | None

    def check(self, group: str) -> None:
        """Raises NotApprover if the approval needs another group."""
        if self.group != group:
            raise NotApprover(
                f"This approval needs a key of the group '{group}' (tag {_GROUP}={group}); "
                f"{self.key_id} is of {self.group or 'none'}."
            )


async def approver(journal: Journal, run_id: str, key_id: str) -> Approver:
    """The approver for a key's id. Raises NotApprover, RunNotFound, StoreError."""
    record = await journal.record(run_id)
    if await began(journal.database, record.key_id, key_id):
        raise NotApprover("Whoever began a run cannot approve its calls; name another approver.")
    of_team = select(keys, teams.c.name.label("team")).join(teams, teams.c.id == keys.c.team_id)
    found = await journal.database.fetch(of_team.where(keys.c.id == key_id, teams.c.name == record.team))
    if not found:
        raise NotApprover(f"The team {record.team} has no key {key_id}; see `signalbox keys list`.")
    [key] = found
    now_ms = int(journal.clock() * 1000)
    if key.revoked_ms is not None or (key.expires_ms is not None and key.expires_ms <= now_ms):
        raise NotApprover(f"The key {key_id} is not valid any more.")
    tags = msgspec.json.decode(key.tags or "{}")
    return Approver(key_id, tags.get(_GROUP))
