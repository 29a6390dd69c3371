"""`signalbox approvals`."""

import json
from pathlib import Path

import pytest

from gateway.cli import approvals
from gateway.cli.places import Where
from gateway.cli.store import perform
from gateway.cli.tables import day
from ledger.entities import NewTeam
from tests.gateway.cli.runs_world import APPROVAL, call, filled


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return filled(tmp_path)


def test_what_waits_is_listed_and_shown_with_its_arguments(place: Path) -> None:
    [listed] = json.loads(call(approvals.app, place, "list", "--json").stdout)
    assert listed == json.loads(call(approvals.app, place, "show", APPROVAL, "--json").stdout)
    assert (listed["run_id"], listed["arguments"]) == ("run_2", '{"id":1}')
    assert "no team" in call(approvals.app, place, "list", "--team", "suport").stderr
    perform(lambda accounts: accounts.teams.create(NewTeam("support")), Where(state=place))
    assert json.loads(call(approvals.app, place, "list", "--team", "support", "--json").stdout) == []
    assert APPROVAL in call(approvals.app, place, "list").output
    shown = call(approvals.app, place, "show", APPROVAL).output
    assert '{"id":1}' in shown
    assert day(listed["expires_at"]) in shown
    assert "[" not in shown


@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_a_word_is_said_once(place: Path, verb: str) -> None:
    said = call(approvals.app, place, verb, APPROVAL, "--reason", "because")
    assert said.exit_code == 0, said.output
    assert "run_2 goes on" in said.output
    again = call(approvals.app, place, verb, APPROVAL, "--json")
    assert again.exit_code == 1
    assert json.loads(again.stderr)["error"]["code"] == "not_found"
    assert json.loads(call(approvals.app, place, "list", "--json").stdout) == []


def test_an_approval_that_nobody_asked_for_is_none(place: Path) -> None:
    for name in ("show", "approve", "deny"):
        assert "no open approval" in call(approvals.app, place, name, "apr_x").stderr


def test_a_word_in_the_name_of_a_key_is_held_to_its_rights(place: Path) -> None:
    for verb in ("approve", "deny"):
        own = call(approvals.app, place, verb, APPROVAL, "--as", "key_1", "--json")
        assert json.loads(own.stderr)["error"]["code"] == "not_allowed"
        assert "has no key" in call(approvals.app, place, verb, APPROVAL, "--as", "key_2").stderr
    assert len(json.loads(call(approvals.app, place, "list", "--json").stdout)) == 1
