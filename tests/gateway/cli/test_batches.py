"""`signalbox batches`."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.cli import batches
from ledger.batches import Batch, Batches
from storage.engine import open_database
from storage.ready import ensure_schema

NOW = 1_800_000_000


def batch(number: int, **more: Any) -> Batch:
    usual: dict[str, Any] = {
        "id": f"batch_sb{number}",
        "team": "support",
        "key_id": "k",
        "endpoint": "/v1/embeddings",
        "input_file_id": "file-sb1",
        "completion_window": "24h",
        "created_ms": (NOW + number) * 1000,
        "expires_ms": (NOW + 86_400) * 1000,
    }
    return Batch(**{**usual, **more})


MADE = (
    batch(1),
    batch(2, status="in_progress", total=2000, completed=1499, failed=1),
    batch(
        3,
        status="failed",
        team="others",
        errors='[{"code":"invalid_json_line","message":"No JSON.","line":7,"param":null}]',
    ),
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    async def fill() -> None:
        database = open_database(f"sqlite:///{tmp_path}/signalbox.db", deadline=20.0)
        await ensure_schema(database)
        for each in MADE:
            await Batches(database, lambda: NOW).add(each)
        await database.close()

    asyncio.run(fill())
    return tmp_path


def call(place: Path, *arguments: str) -> Result:
    environ = {"COLUMNS": "160", "SIGNALBOX_DATABASE": ""}
    return CliRunner(env=environ).invoke(batches.app, [*arguments, "--state", str(place)])


def test_batches_are_listed_with_how_far_they_are(place: Path) -> None:
    shown = call(place, "list").output
    assert "1,500 of 2,000, 1 failed" in shown
    assert "━" in shown, "there is no bar"
    assert [each["id"] for each in json.loads(call(place, "list", "--json").output)] == [
        "batch_sb3",
        "batch_sb2",
        "batch_sb1",
    ]
    assert [each["id"] for each in json.loads(call(place, "list", "--json", "--team", "others").output)] == [
        "batch_sb3"
    ]
    assert "--limit 10 shows them" in call(place, "list", "--limit", "1").output


def test_a_batch_is_shown_with_what_is_wrong_with_its_file(place: Path) -> None:
    assert "line 7: No JSON." in call(place, "show", "batch_sb3").output
    shown = call(place, "show", "batch_sb2").output
    assert "in_progress" in shown and "━" in shown
    told = json.loads(call(place, "show", "batch_sb2", "--json").output)
    assert told["request_counts"] == {"total": 2000, "completed": 1499, "failed": 1}


def test_a_batch_is_cancelled_while_it_is_at_work(place: Path) -> None:
    assert json.loads(call(place, "cancel", "batch_sb1", "--json").output)["status"] == "cancelling"
    assert call(place, "cancel", "batch_sb1").exit_code == 0
    refusal = call(place, "cancel", "batch_sb3")
    assert (refusal.exit_code, "is failed" in refusal.stderr) == (1, True)


@pytest.mark.parametrize("command", ["show", "cancel"])
def test_a_batch_that_is_not_there_is_said_so(place: Path, command: str) -> None:
    refusal = call(place, command, "batch_sbnone", "--json")
    assert refusal.exit_code == 1
    assert json.loads(refusal.stderr)["error"]["code"] == "not_found"


def test_a_place_without_a_ledger_is_said_so(tmp_path: Path) -> None:
    assert "no ledger" in call(tmp_path, "list").stderr
