"""`signalbox keys`, on a database that a server may have open."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from gateway.cli import keys, teams
from ledger.keys import parse


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A state directory with the tables and the team `support`, made once and copied by each test."""
    state = tmp_path_factory.mktemp("installed")
    made = CliRunner().invoke(teams.app, ["create", "support", "--state", str(state)])
    assert made.exit_code == 0, made.output
    return state


@pytest.fixture
def call(tmp_path, monkeypatch, installed):
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("SIGNALBOX_DATABASE", raising=False)
    state = shutil.copytree(installed, tmp_path / "state")
    return lambda *arguments: CliRunner().invoke(keys.app, [*arguments, "--state", str(state)])


def test_a_created_key_is_shown_once_and_says_so(call) -> None:
    result = call("create", "--team", "support", "--user", "ann", "--expires", "30d")
    assert result.exit_code == 0
    line = next(line for line in result.output.splitlines() if line.startswith("sk-sb-"))
    assert parse(line.encode()) is not None
    assert "the only time the key is shown" in result.output
    listed = call("list")
    assert line[6:16] in listed.output
    assert line[17:] not in listed.output


def test_every_option_reaches_the_key(call) -> None:
    options = ["--team", "support", "--user", "ann", "--name", "laptop", "--models", "fast,gpt-*"]
    made = json.loads(call("create", *options, "--tag", "a=b", "--tag", "c=d", "--admin", "--json").output)
    assert (made["user"], made["name"], made["role"]) == ("ann", "laptop", "admin")
    assert (made["models"], made["tags"]) == (["fast", "gpt-*"], {"a": "b", "c": "d"})
    listed = json.loads(call("list", "--json", "--team", "support").output)
    assert listed == [{name: value for name, value in made.items() if name != "key"}]


def test_an_expiry_is_so_long_from_now(call) -> None:
    made = json.loads(call("create", "--team", "support", "--expires", "1h", "--json").output)
    assert made["expires_at"] - made["created_at"] in (3599, 3600)


def test_a_revoked_key_is_listed_as_such(call) -> None:
    made = json.loads(call("create", "--team", "support", "--json").output)
    assert "within a second" in call("revoke", made["id"]).output
    assert json.loads(call("revoke", made["id"], "--json").output)["status"] == "revoked"
    assert "revoked" in call("list").output


def test_a_rotated_key_shows_its_successor_once(call) -> None:
    made = json.loads(call("create", "--team", "support", "--json").output)
    result = call("rotate", made["id"], "--grace", "1h")
    assert "works for 1h more" in result.output
    assert "sk-sb-" in result.output
    refusal = call("rotate", made["id"])
    assert (refusal.exit_code, "already replaced by" in refusal.stderr) == (1, True)
    other = json.loads(call("create", "--team", "support", "--json").output)
    assert json.loads(call("rotate", other["id"], "--json").output)["key"].startswith("sk-sb-")


def test_a_list_that_is_cut_says_how_to_see_the_rest(call) -> None:
    for _ in range(2):
        call("create", "--team", "support", "--json")
    assert "--limit 10 shows them" in call("list", "--limit", "1").output
    assert "--limit" not in call("list", "--limit", "2").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["create", "--team", "nobody"], "no team 'nobody'", id="no team"),
        pytest.param(["create", "--team", "support", "--expires", "soon"], "as in 30d or 12h", id="expiry"),
        pytest.param(["create", "--team", "support", "--expires", "9999999d"], "allowed are 100", id="far"),
        pytest.param(["create", "--team", "support", "--tag", "a"], "write name=value", id="tag"),
        pytest.param(["create", "--team", "support", "--models", "a*b"], "only at the end", id="pattern"),
        pytest.param(["revoke", "nobody"], "no key with the id 'nobody'", id="no key"),
        pytest.param(["rotate", "nobody", "--grace", "x"], "as in 30d or 12h", id="grace"),
    ],
)
def test_what_cannot_be_done_is_said_on_standard_error(call, arguments, said) -> None:
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr


def test_keys_of_a_team_that_there_is_not_are_not_none(call) -> None:
    assert "no team 'suport'" in call("list", "--team", "suport").stderr
    assert call("list", "--team", "support").exit_code == 0
