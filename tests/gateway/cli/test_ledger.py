"""`signalbox ledger`."""

import csv
import io
import json

import msgspec
import pytest
from typer.testing import CliRunner

from dialects.usage import Usage
from gateway.cli import ledger
from gateway.cli.places import Where
from gateway.cli.store import perform
from ledger.row import first_id_at
from ledger.store import RowStore
from tests.ledger.facts import ROW, refused

NOON_MS = 1_795_608_000_000  # 2026-11-25


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.delenv("SIGNALBOX_DATABASE", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    row = msgspec.structs.replace(
        ROW,
        at_ms=NOON_MS,
        vendor="openai",
        model_served="gpt-4o",
        usage=Usage(input=100, output=20),
        cost=1_500_000,
    )
    rows = [
        msgspec.structs.replace(row, attempt_id=f"{first_id_at(NOON_MS + n)}{n:013x}.1", team=f"t{n % 2}")
        for n in range(3)
    ]

    async def ship(accounts):
        await RowStore(accounts.store.database, "p").ship(rows, refused)

    perform(ship, Where(state=tmp_path), create=True)
    return lambda *arguments: CliRunner().invoke(ledger.app, [*map(str, arguments), "--state", str(tmp_path)])


@pytest.fixture
def export(tmp_path):
    def write(read: int, written: int):
        file = tmp_path / "export.csv"
        header = "start_time,model,input_tokens,output_tokens"
        file.write_text(f"{header}\n{NOON_MS // 1000},gpt-4o-2024-08-06,{read},{written}\n")
        return file

    return write


def test_an_export_that_agrees_is_said_to(call, export) -> None:
    said = call("reconcile", export(300, 60))
    assert (said.exit_code, said.output) == (0, "OpenAI's usage and the ledger agree: 2 figures.\n")


def test_what_differs_is_shown_and_the_command_fails(call, export) -> None:
    said = call("reconcile", export(303, 60))
    assert said.exit_code == 1
    assert "2026-11-25" in said.output
    assert "-3" in said.output
    assert "1 of 2 figures" in said.output
    assert call("reconcile", export(303, 60), "--tolerance", 1).exit_code == 0
    [line] = json.loads(call("reconcile", export(303, 60), "--json").output)["differing"]
    assert (line["vendor"], line["ledger"], line["difference"]) == (303, 300, -3)


def test_a_file_that_is_no_export_is_refused_with_what_is_known(call, tmp_path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a,b\n")
    assert "known are OpenAI's costs" in call("reconcile", file).output
    assert "cannot be read" in call("reconcile", tmp_path / "none.csv").output


def test_teams_are_charged_for_a_month(call) -> None:
    rows = list(csv.DictReader(io.StringIO(call("chargeback", "--month", "2026-11").output)))
    assert [(row["team"], row["requests"], row["cost_usd"]) for row in rows] == [
        ("t0", "2", "0.003"),
        ("t1", "1", "0.0015"),
    ]
    assert json.loads(call("chargeback", "--month", "2026-11", "--json").output)[0]["input_tokens"] == 200
    assert len(call("chargeback", "--month", "2026-10").output.splitlines()) == 1
    assert "is not a month" in call("chargeback", "--month", "soon").output
