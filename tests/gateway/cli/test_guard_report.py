"""`signalbox guard report` says what guards in shadow mode would have done, and to which calls."""

import asyncio
import json
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from gateway.cli.guard_report import sentence
from gateway.cli.main import app
from ledger.guard_reports import GuardLine
from ledger.row import first_id_at
from storage.version import SCHEMA_VERSION
from tests.ledger.facts import NOON_MS, ROW, ledger_of

TRAILS = ["", '[["guard","would block","words",{"WORD":2}]]', '[["guard","mask","pii",{"EMAIL":1}]]']
IDS = [first_id_at(NOON_MS + number * 1000) for number in range(len(TRAILS))]


async def write(file: Path) -> None:
    rows = [
        msgspec.structs.replace(ROW, attempt_id=f"{name}.1", at_ms=NOON_MS + number * 1000, trail=trail)
        for number, (name, trail) in enumerate(zip(IDS, TRAILS, strict=True))
    ]
    async with ledger_of(file, rows) as database, database.transaction() as transaction:
        await transaction.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        await transaction.execute(text(f"INSERT INTO alembic_version VALUES ('{SCHEMA_VERSION}')"))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    asyncio.run(write(tmp_path / "signalbox.db"))
    return tmp_path


def run(state: Path, *arguments: str, code: int = 0) -> str:
    span = ("--since", "2026-09-01", "--until", "2026-10-01")
    ran = CliRunner().invoke(app, ["guard", "report", *span, *arguments, "--state", str(state)])
    assert ran.exit_code == code, ran.output
    return ran.output


def test_a_guard_in_shadow_mode_says_what_it_would_have_done(state: Path) -> None:
    said = run(state)
    assert "words would have blocked 1 of 3 calls: WORD 2" in said
    assert IDS[1] in said and "[WORD]×2" in said and "pii masked something in 1 of 3 calls: EMAIL 1" in said


def test_one_guard_alone_and_for_programs(state: Path) -> None:
    found = json.loads(run(state, "--json", "-g", "words", "--show", "0"))
    line = {"guard": "words", "action": "block", "shadow": True, "calls": 1, "types": {"WORD": 2}}
    assert found == {"calls": 3, "guards": [{**line, "requests": []}]}


def test_nothing_is_said_where_nothing_was_found(state: Path) -> None:
    assert "No guard found anything in 3 calls." in run(state, "-g", "links")


def test_large_numbers_are_grouped() -> None:
    line = GuardLine("words", "block", True, 14_000, {}, ())
    assert sentence(line, 20_341) == "words would have blocked 14,000 of 20,341 calls"
