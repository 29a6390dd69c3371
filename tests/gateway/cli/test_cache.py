"""`signalbox cache`."""

import json

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from caching.purging import order
from gateway.cli import cache
from gateway.cli.places import Where
from gateway.cli.store import perform, read_ledger
from ledger.entities import NewTeam
from storage.schema import account_changes


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.delenv("SIGNALBOX_DATABASE", raising=False)
    return lambda *arguments: CliRunner().invoke(cache.app, [*arguments, "--state", str(tmp_path)])


def test_an_order_is_left_for_every_process(call, tmp_path) -> None:
    perform(lambda accounts: accounts.teams.create(NewTeam("support")), Where(state=tmp_path), create=True)
    told = call("purge", "--team", "support")
    assert (told.exit_code, told.output) == (0, "Answers are forgotten: team support.\n")
    assert json.loads(call("purge", "--all", "--json").output) == {
        "object": "cache.purge",
        "what": "all",
        "value": "",
    }
    orders = read_ledger(
        lambda database: database.fetch(
            select(account_changes.c.subject_id).where(account_changes.c.kind == "answers")
        ),
        Where(state=tmp_path),
    )
    assert [row.subject_id for row in orders] == [order("team", "support"), order("all")]


def test_answers_of_a_team_that_there_is_not_are_not_forgotten(call, tmp_path) -> None:
    made = perform(
        lambda accounts: accounts.teams.create(NewTeam("support")), Where(state=tmp_path), create=True
    )
    told = call("purge", "--team", "suport")
    assert (told.exit_code, "no team 'suport'" in told.stderr) == (1, True)
    assert call("purge", "--team", made.id).exit_code == 0
    [said] = read_ledger(
        lambda database: database.fetch(
            select(account_changes.c.subject_id).where(account_changes.c.kind == "answers")
        ),
        Where(state=tmp_path),
    )
    assert said.subject_id == order("team", "support")


@pytest.mark.parametrize("options", [(), ("--all", "--team", "a")], ids=["nothing", "too much"])
def test_one_thing_has_to_be_said(call, options) -> None:
    told = call("purge", *options)
    assert (told.exit_code, "Give one of" in told.stderr) == (1, True)
