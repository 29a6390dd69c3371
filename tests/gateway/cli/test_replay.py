"""`signalbox replay` prints what a changed configuration would change."""

import asyncio
import json
import time
from pathlib import Path

import msgspec
import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner, Result

from dialects.usage import Usage
from gateway.cli.replay import replay_command
from storage.version import SCHEMA_VERSION
from tests.ledger.facts import ROW, ledger_of

FILE = "vendors: { sim: {} }\nmodels: { fast: { targets: [sim/large, sim/small], strategy: cheapest } }"


async def write(file: Path) -> None:
    now = int(time.time() * 1000)  # noqa: TID251 - the command looks back from the machine's clock
    rows = [
        msgspec.structs.replace(
            ROW,
            attempt_id=f"req_{number}.1",
            at_ms=now - 1000,
            vendor="sim",
            model_served="large",
            model_asked="fast" if number else "gone",
            usage=Usage(input=1_000_000, output=0),
            cost=2_500_000_000,
        )
        for number in range(4)
    ]
    async with ledger_of(file, rows) as database, database.transaction() as transaction:
        await transaction.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        await transaction.execute(text(f"INSERT INTO alembic_version VALUES ('{SCHEMA_VERSION}')"))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    asyncio.run(write(tmp_path / "signalbox.db"))
    (tmp_path / "new.yaml").write_text(FILE)
    return tmp_path


def run(state: Path, *arguments: str) -> Result:
    app = typer.Typer()
    app.command()(replay_command)
    options = ["--state", str(state), "--config", str(state / "new.yaml"), *arguments]
    return CliRunner().invoke(app, options, env={"COLUMNS": "120"})


def test_targets_costs_and_refusals_are_laid_side_by_side(state: Path) -> None:
    said = run(state).stdout
    table = [line.split() for line in said.splitlines()]
    assert ["sim/large", "4", "0", "$10.00", "$0.00"] in table
    assert ["sim/small", "0", "3", "$0.00", "$0.45"] in table
    assert ["all", "4", "3", "$10.00", "$0.45"] in table
    assert "3 of 4 calls would be answered by another target." in said
    assert "Refused: 0 before, 1 after." in said
    assert "1 × model_not_found: no model gone" in said


def test_programs_get_the_same_as_json(state: Path) -> None:
    document = json.loads(run(state, "--json").stdout)
    assert (document["calls"], document["moved"], document["after"]["refused"]) == (4, 3, 1)


def test_a_time_without_calls_is_said(state: Path) -> None:
    result = run(state, "--since", "2020-01-01", "--until", "2020-01-02")
    assert result.exit_code == 1
    assert "No call is recorded since 2020-01-01" in result.stderr
