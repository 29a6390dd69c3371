"""`signalbox audit`."""

import json
import sqlite3
from contextlib import closing

import pytest
from typer.testing import CliRunner

from gateway.cli import audit
from gateway.cli.places import Where
from gateway.cli.store import perform
from ledger.entities import NewKey


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.delenv("SIGNALBOX_DATABASE", raising=False)
    monkeypatch.setenv("USER", "ann")
    monkeypatch.delenv("SUDO_USER", raising=False)

    async def prepare(accounts):
        await accounts.ensure_default_team()
        return await accounts.keys.create(NewKey("default"))

    perform(prepare, Where(state=tmp_path), create=True)
    return lambda *arguments: CliRunner().invoke(audit.app, [*arguments, "--state", str(tmp_path)])


def test_a_whole_audit_says_so_and_exports_who_did_what(call) -> None:
    said = call("verify")
    assert said.exit_code == 0
    assert "The audit log is intact" in said.output
    verdict = json.loads(call("verify", "--json").output)
    assert verdict["whole"]
    assert call("verify", "--known", verdict["head"]).exit_code == 0
    rows = json.loads(call("export", "--json").output)
    assert rows[-1]["action"] == "key.create"
    assert rows[-1]["actor"] == "command line of ann"
    assert [json.loads(line) for line in call("export").output.splitlines()] == rows
    assert json.loads(call("export", "--json", "--since", "2100-01-01").output) == []


def test_a_head_that_is_none_is_a_mistake_and_no_damage(call) -> None:
    said = call("verify", "--known", "foo")
    assert said.exit_code == 1
    assert "write SEQ:HASH" in said.stderr
    assert "not whole" not in said.output


def test_a_row_that_was_changed_is_named_and_the_command_fails(call, tmp_path) -> None:
    with closing(sqlite3.connect(tmp_path / "signalbox.db", isolation_level=None)) as database:
        database.execute("DROP TRIGGER audit_keeps_UPDATE")
        database.execute("UPDATE audit SET subject = 'other' WHERE seq = 1")
    said = call("verify")
    assert said.exit_code == 1
    assert "row 1 " in said.output
    assert "was changed after it was written" in said.output
    assert json.loads(call("verify", "--json").output)["whole"] is False
