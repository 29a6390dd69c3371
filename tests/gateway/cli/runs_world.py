"""A ledger with runs in it, for tests of the commands about them."""

import asyncio
from pathlib import Path

import typer
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from agentloop import events as e
from agentloop.journal import Journal, Standing
from agentloop.run import replay
from storage.engine import open_database
from storage.ready import ensure_schema
from tests.agentloop.stories import RECORD, story

APPROVAL = next(
    entry.event.approval_id for entry in story(run_id="run_2") if isinstance(entry.event, e.ApprovalRequested)
)


def filled(folder: Path) -> Path:
    """`run_1` has come to its end; `run_2` waits, from the same story."""
    asyncio.run(_fill(f"sqlite:///{folder}/signalbox.db"))
    return folder


async def _fill(url: str) -> None:
    database = open_database(url, deadline=20.0)
    await ensure_schema(database)
    times = iter(range(1_800_000_000, 1_900_000_000))
    journal = Journal(database, lambda: next(times))
    entries = story()
    asked = next(entry.seq for entry in entries if isinstance(entry.event, e.ApprovalResolved))
    await journal.create(RECORD, entries[0].event)
    held = await journal.claim("worker", 10)
    await journal.append(held, [entry.event for entry in entries[2:]], Standing("completed"))
    entries = story(run_id="run_2", at_ms=4_000_000_000_000)  # so that nobody is too late
    await journal.create(replace(RECORD, id="run_2", team="others"), entries[0].event)
    held = await journal.claim("worker", 10)
    await journal.append(held, [entry.event for entry in entries[2:asked]], Standing("waiting", "approval"))
    assert replay("run_2", await journal.events("run_2")).steps[0].approval_id == APPROVAL
    await database.close()


def call(app: typer.Typer, place: Path, *arguments: str) -> Result:
    environ = {"COLUMNS": "200", "SIGNALBOX_DATABASE": "", "SIGNALBOX_CONFIG": ""}
    return CliRunner(env=environ).invoke(app, [*arguments, "--state", str(place)])
