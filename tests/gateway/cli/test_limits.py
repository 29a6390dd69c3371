"""`signalbox limits show`."""

import json

import pytest
from typer.testing import CliRunner

from gateway.cli import limits
from gateway.cli.places import Where
from gateway.cli.store import perform
from ledger.entities import NewKey, NewTeam

FILE = """
vendors: { sim: { kind: sim } }
organisations: { acme: { budget: { amount: 5, per: week } } }
teams:
  support:
    organisation: acme
    limits: { requests: 600/min, concurrent: 4 }
    budget: { amount: 200, per: total, models: ["sim/*"] }
    users: { ann: { limits: { tokens: 5k/day } } }
"""


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("SIGNALBOX_DATABASE", raising=False)
    file = tmp_path / "signalbox.yaml"
    file.write_text(FILE)
    options = ["--state", str(tmp_path), "--config", str(file)]

    def asked(*arguments):
        return CliRunner().invoke(limits.app, [*arguments, *options])

    async def prepare(accounts):
        await accounts.ensure_default_team()
        return await accounts.keys.create(NewKey("default", limits=("requests=10/min",)))

    perform(prepare, Where(state=tmp_path), create=True)
    return asked


def test_everything_that_limits_a_team_is_shown(call) -> None:
    shown = json.loads(call("show", "support", "--json").output)
    assert [(one["level"], one["kind"], one["per"], one["left"]) for one in shown] == [
        ("organisation", "spend", "week", 5 * 10**9),
        ("team", "concurrent", "once", 4),
        ("team", "requests", "minute", 600),
        ("team", "spend", "total", 200 * 10**9),
        ("user", "tokens", "day", 5000),
    ]


def test_people_see_bars_and_dollars(call) -> None:
    shown = call("show", "support").output
    assert "░" * 20 in shown
    assert "$200.00" in shown
    assert "spend in total for sim/*" in shown
    assert "user support/ann" in shown


def test_a_keys_own_limits_are_shown_with_its_team(call) -> None:
    [one] = json.loads(call("show", "default", "--json").output)
    assert (one["level"], one["kind"], one["amount"]) == ("key", "requests", 10)


def test_a_team_that_there_is_not_is_refused_with_the_nearest_one(call) -> None:
    refused = call("show", "suport")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert 'There is no team "suport". Did you mean "support"?' in refused.stderr


def test_a_team_that_nothing_limits_is_told_so(call, tmp_path) -> None:
    make = NewTeam("free")
    perform(lambda accounts: accounts.teams.create(make), Where(state=tmp_path))
    assert "Nothing limits the team free." in call("show", "free").output


def test_a_file_that_is_wrong_is_said_so(call, tmp_path) -> None:
    (tmp_path / "signalbox.yaml").write_text("teams: { a: { limits: 5 } }")
    assert call("show", "support").exit_code == 1
