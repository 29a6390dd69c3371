"""`signalbox explain` tells the whole story of a request."""

import asyncio
import json
from pathlib import Path

import msgspec
import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner, Result

from dialects.usage import Usage
from gateway.cli.explain import explain_command, facts, trail_lines
from ledger.reports import Step
from storage.version import SCHEMA_VERSION
from tests.ledger.facts import ROW, ledger_of

TRAIL = '[["key","ok","",{}],["route","chosen","weighted",{"left":2}]]'
FIRST = msgspec.structs.replace(
    ROW, attempt_id="req_9.1", vendor="azure", status="timeout", error_code="first_content", estimated=True
)
SECOND = msgspec.structs.replace(
    ROW,
    attempt_id="req_9.2",
    usage=Usage(input=1500, output=20, cached_read=1000, reasoning=7),
    trail=TRAIL,
    tags='{"app":"mail"}',
    cache="miss",
    vendor_request_id="chatcmpl-1",
    units=2,
    unit="image",
)
REFUSED = msgspec.structs.replace(
    ROW,
    attempt_id="req_8.0",
    vendor="",
    model_served="",
    status="refused",
    http_status=429,
    key_id="",
    user="",
    team="",
    organisation="",
)


async def write(file: Path) -> None:
    async with ledger_of(file, [FIRST, SECOND, REFUSED]) as database, database.transaction() as transaction:
        await transaction.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        await transaction.execute(text(f"INSERT INTO alembic_version VALUES ('{SCHEMA_VERSION}')"))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    asyncio.run(write(tmp_path / "signalbox.db"))
    return tmp_path


def run(state: Path, *arguments: str) -> Result:
    app = typer.Typer()
    app.command()(explain_command)
    return CliRunner().invoke(app, [*arguments, "--state", str(state)])


def test_both_attempts_are_told_with_who_what_why_and_cost(state: Path) -> None:
    said = run(state, "req_9").stdout
    for fact in (
        "key key_a, user alice, team support, organisation acme",
        "1 at azure/gpt-4o-mini",
        "timeout 200 (first_content)",
        "estimated: the vendor told none",
        "2 at openai/gpt-4o-mini",
        "1,500 in, 20 out (of these 1,000 cached, 7 reasoning)",
        "$0.000021 (prices 1-abcd)",
        "  key    ok",
        "  route  chosen  weighted  [left=2]",
        "vendor's id  chatcmpl-1",
        "2 × image",
        "together $0.000042",
    ):
        assert fact in said
    assert said.count("asked for") == 1


def test_json_holds_every_field_with_the_trail_decoded(state: Path) -> None:
    story = json.loads(run(state, "req_9", "--json").stdout)
    first, second = story["attempts"]
    assert (first["status"], second["cost"], second["cost_usd"]) == ("timeout", 21_000, "0.000021")
    assert second["trail"][1] == {
        "stage": "route",
        "verdict": "chosen",
        "reason": "weighted",
        "numbers": {"left": 2},
    }
    assert second["tags"] == {"app": "mail"}


def test_a_request_refused_before_any_attempt_is_told(state: Path) -> None:
    said = run(state, "req_8").stdout
    assert "nobody known" in said
    assert "none was made" in said
    assert "refused 429" in said


def test_an_unknown_request_says_where_ids_come_from(state: Path) -> None:
    result = run(state, "req_7")
    assert result.exit_code == 1
    assert "x-request-id" in result.stderr


def test_a_row_without_a_trail_has_no_why() -> None:
    assert trail_lines([]) == []
    assert trail_lines([Step("a", "b", "", {})]) == ["why", "  a  b"]


def test_an_unpriced_attempt_says_so() -> None:
    told = dict(facts(msgspec.structs.replace(ROW, priced=False), whole=False))
    assert told["cost"] == "$0.000021 (no known price in 1-abcd)"
    assert "who" not in told
