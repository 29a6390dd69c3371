"""Replays every prefix of every journal that a test wrote: each gives the commands that it gave at first."""

from collections.abc import Sequence

from sqlalchemy import select

from agentloop.choke import Door
from agentloop.events import RunCreated
from agentloop.journal import Entry, Journal
from agentloop.replaying import replayed
from storage.engine import Database
from storage.schema import runs

LONG = 100  # events of a journal of which not every prefix is replayed from its beginning, but every tenth


async def check_every_prefix(database: Database, door: Door) -> int:
    """How many journals there are; AssertionError where one is decided otherwise than it was."""
    journal = Journal(database, lambda: 0.0)
    checked = 0
    for row in await database.fetch(select(runs.c.id)):
        entries = await journal.entries(row.id)
        if entries and isinstance(entries[0].event, RunCreated) and entries[0].event.definition:
            check(row.id, entries, door)
            checked += 1
    return checked


def check(run_id: str, entries: Sequence[Entry], door: Door) -> None:
    """One journal."""
    whole = replayed(run_id, entries, door)
    assert whole.difference is None, f"{run_id}: {whole.difference}"
    assert len(whole.digests) == len(entries) - 1
    for length in range(1, len(entries), 1 if len(entries) <= LONG else 10):
        assert replayed(run_id, entries[:length], door).digests == whole.digests[: length - 1]
