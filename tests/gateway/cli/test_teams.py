"""`signalbox teams`."""

import json

import pytest
from typer.testing import CliRunner

from config.catalog import TeamFacts
from gateway.cli import teams
from gateway.cli.places import Where
from gateway.cli.store import perform


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("SIGNALBOX_DATABASE", raising=False)
    return lambda *arguments: CliRunner().invoke(teams.app, [*arguments, "--state", str(tmp_path)])


def test_a_team_is_created_shown_listed_and_archived(call) -> None:
    options = ["--organisation", "acme", "--models", "fast,gpt-*", "--tag", "a=b"]
    made = json.loads(call("create", "support", *options, "--json").output)
    assert (made["organisation"], made["models"], made["tags"]) == ("acme", ["fast", "gpt-*"], {"a": "b"})
    assert json.loads(call("show", "support", "--json").output) == made
    assert json.loads(call("list", "--json").output) == [made]
    shown = call("show", made["id"]).output
    assert "fast, gpt-*" in shown
    assert "a=b" in shown
    assert "support" in call("list").output
    assert json.loads(call("archive", "support", "--json").output)["archived_at"]
    assert json.loads(call("list", "--json").output) == []
    assert "support" in call("list", "--archived").output


def test_a_declared_team_names_the_file_as_its_owner(call, tmp_path) -> None:
    perform(
        lambda accounts: accounts.declare({"a": TeamFacts("a", "acme")}), Where(state=tmp_path), create=True
    )
    assert "signalbox.yaml" in call("show", "a").output
    refusal = call("archive", "a")
    assert (refusal.exit_code, "signalbox.yaml" in refusal.stderr) == (1, True)


def test_a_list_that_is_cut_says_how_to_see_the_rest(call) -> None:
    for name in "ab":
        call("create", name)
    assert "--limit 10 shows them" in call("list", "--limit", "1").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "nobody"], "no team 'nobody'"),
        (["archive", "nobody"], "no team 'nobody'"),
        (["create", " a"], "printable characters"),
        (["create", "a", "--tag", "b"], "write name=value"),
    ],
)
def test_what_cannot_be_done_is_said_on_standard_error(call, arguments, said) -> None:
    call("create", "support")
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
