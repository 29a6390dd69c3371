"""`signalbox usage` prints the ledger as a table, as JSON or as CSV."""

import asyncio
import csv
import io
import json
from pathlib import Path

import msgspec
import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner, Result

from gateway.cli.places import Where
from gateway.cli.store import perform
from gateway.cli.usage import share_bar, usage_command
from ledger.entities import NewTeam
from ledger.row import UsageRow
from storage.version import SCHEMA_VERSION
from tests.ledger.facts import NOON_MS, ROW, ledger_of

ROWS = [
    msgspec.structs.replace(ROW, attempt_id="req_1.1", cost=2_500_000_000, model_served="[red]gpt"),
    msgspec.structs.replace(ROW, attempt_id="req_2.1", team="sales", estimated=True, priced=False, cost=1),
]
SINCE = ["--since", "2020-01-01", "--until", "2035-01-01"]


async def write(file: Path, rows: list[UsageRow]) -> None:
    async with ledger_of(file, rows) as database, database.transaction() as transaction:
        await transaction.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        await transaction.execute(text(f"INSERT INTO alembic_version VALUES ('{SCHEMA_VERSION}')"))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    asyncio.run(write(tmp_path / "signalbox.db", ROWS))
    return tmp_path


def run(state: Path, *arguments: str) -> Result:
    app = typer.Typer()
    app.command()(usage_command)
    return CliRunner().invoke(app, [*arguments, "--state", str(state)], env={"COLUMNS": "100"})


def test_the_table_has_teams_exact_dollars_bars_marks_and_a_total(state: Path) -> None:
    said = run(state, *SINCE).output
    assert "support" in said and "$2.50" in said and "█" * 12 in said
    assert "~?$0.000000001" in said
    assert "~?$2.500000001" in said
    assert "~ attempts whose tokens were counted here, because the vendor told none: 1" in said
    assert "? attempts without a known price, which `prices:` in signalbox.yaml sets: 1" in said
    assert all(len(line) <= 100 for line in said.splitlines())


def test_a_name_with_brackets_is_printed_as_it_is(state: Path) -> None:
    assert "[red]gpt" in run(state, *SINCE, "--by", "model").output


def test_json_holds_the_same_numbers(state: Path) -> None:
    report = json.loads(run(state, *SINCE, "--json", "--by", "team", "--by", "day").stdout)
    assert [line["cost_nano"] for line in report["data"]] == [2_500_000_000, 1]
    assert report["data"][0]["start_time"] == NOON_MS // 86_400_000 * 86_400
    assert report["total"]["cost_usd"] == "2.500000001"


def test_csv_has_a_line_for_each(state: Path) -> None:
    lines = list(
        csv.DictReader(io.StringIO(run(state, *SINCE, "--csv", "--by", "hour", "--by", "team").stdout))
    )
    assert [(line["team"], line["cost_usd"]) for line in lines] == [
        ("support", "2.5"),
        ("sales", "0.000000001"),
    ]
    assert lines[0]["start"].endswith(":00:00Z")
    told = json.loads(run(state, *SINCE, "--json", "--by", "hour", "--by", "team").stdout)["data"]
    sums = told[0].keys() - {"object", "group", "start_time"}
    assert sums == lines[0].keys() - {"start", "team"}
    assert [{name: str(line[name]) for name in sums} for line in told] == [
        {name: line[name] for name in sums} for line in lines
    ]


@pytest.mark.parametrize(
    ("arguments", "requests"),
    [
        (["--team", "sales"], 1),
        (["--only", "team=sales", "--team", "support"], 2),
        (["--only", "user=bob"], 0),
    ],
)
def test_only_what_fits_is_counted(state: Path, arguments: list[str], requests: int) -> None:
    report = json.loads(run(state, *SINCE, "--json", *arguments).stdout)
    assert report["total"]["requests"] == requests


def test_nothing_used_is_said_in_words(state: Path) -> None:
    assert (
        "Nothing was used between 2020" in run(state, "--since", "2020-01-01", "--until", "2021-01-01").output
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--by", "colour"], "'colour' is not something to group by"),
        (["--since", "yesterday"], "not a point in time"),
        (["--only", "sales"], "write NAME=VALUE"),
        (["--json", "--csv"], "give one"),
        (["--database", "mysql://x"], "sqlite:///path"),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(state: Path, arguments: list[str], said: str) -> None:
    result = run(state, *arguments)
    assert result.exit_code == 1
    assert said in result.stderr


def test_an_empty_place_says_how_to_begin(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "start `signalbox serve`" in result.stderr


@pytest.mark.parametrize(
    ("part", "most", "length"), [(0, 5, 0), (5, 5, 12), (1, 10**9, 1), (3, 6, 6), (0, 0, 0)]
)
def test_bars_are_as_long_as_their_share_and_never_vanish(part: int, most: int, length: int) -> None:
    assert len(share_bar(part, most)) == length


def test_a_team_that_there_is_not_is_refused_where_nothing_was_used(tmp_path: Path) -> None:
    where = Where(state=tmp_path)
    perform(lambda accounts: accounts.teams.create(NewTeam("support")), where, create=True)
    assert run(tmp_path, "--team", "support").exit_code == 0
    for option in (("--team", "suport"), ("--only", "team=suport", "--json")):
        refused = run(tmp_path, *option)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "no team" in refused.stderr
