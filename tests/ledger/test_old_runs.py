"""Runs end with their journals when their time is over, and not before they have ended."""

from typing import get_args

from sqlalchemy import insert, select

from agentloop.events import Ending
from ledger.old_runs import _BATCH, ENDED, drop_old_runs
from storage.engine import Database
from storage.schema import run_events, runs

AGENT = {"key_id": "k", "agent": "desk", "digest": "sha256:1", "head": 1, "epoch": 1}


async def kept(database: Database) -> set[str]:
    """The runs that are there; each has its journal, and there is no other."""
    journals = {row[0] for row in await database.fetch(select(run_events.c.run_id))}
    assert {row[0] for row in await database.fetch(select(runs.c.id))} == journals
    return journals


async def test_what_ended_long_ago_goes_and_nothing_else(database: Database) -> None:
    rows = [
        {"id": name, "team": team, "status": status, "created_ms": 1, "updated_ms": ended, **AGENT}
        for name, team, status, ended in [
            ("waits", "support", "waiting", 10),
            ("in-doubt", "support", "in_doubt", 10),
            ("new", "support", "completed", 1000),
            ("other", "sales", "completed", 10),
            *((f"old-{number}", "support", ENDED[number % 6], 10) for number in range(_BATCH + 7)),
        ]
    ]
    events = [
        {"run_id": row["id"], "seq": 0, "epoch": 0, "kind": "run.created", "at_ms": 1, "body": "{}"}
        for row in rows
    ]
    async with database.transaction() as transaction:
        await transaction.execute(insert(runs), rows)
        await transaction.execute(insert(run_events), events)
    assert await drop_old_runs(database, "support", 1000) == _BATCH + 7
    assert await kept(database) == {"waits", "in-doubt", "new", "other"}
    assert await drop_old_runs(database, "support", 1000) == 0


def test_the_ends_are_those_of_runs() -> None:
    assert set(ENDED) == set(get_args(Ending))
