"""`signalbox erase` prints a receipt for people; the JSON has a journey."""

import asyncio
import secrets
from pathlib import Path

from typer.testing import CliRunner

from gateway.cli.main import app
from ledger.accounts import open_accounts
from ledger.entities import NewKey, NewTeam
from storage.engine import open_database
from storage.ready import ensure_schema


async def seed(state: Path) -> None:
    database = open_database(f"sqlite:///{state}/signalbox.db", deadline=10.0)
    await ensure_schema(database)
    accounts = open_accounts(database, lambda: 1.8e9, secrets.token_bytes)
    await accounts.teams.create(NewTeam("support"))
    await accounts.keys.create(NewKey("support", "ann"))
    await database.close()


def test_a_receipt_and_a_name_that_nobody_has(tmp_path: Path) -> None:
    asyncio.run(seed(tmp_path))
    run = CliRunner().invoke
    options = ["--state", str(tmp_path), "--settle", "0"]
    done = run(app, ["erase", "--user", "support/ann", *options])
    assert done.exit_code == 0, done.output
    assert "of team support" in done.output and "users" in done.output and "renamed" in done.output
    assert "ann" not in done.output.replace("support/ann", "")
    missing = run(app, ["erase", "--user", "support/ann", *options])
    assert (missing.exit_code, "no user" in missing.output) == (1, True)
