"""`signalbox init` at the prompt."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gateway.cli.check import check
from gateway.cli.init import init

app = typer.Typer()
app.command()(init)
app.command()(check)


def test_it_writes_a_file_that_passes_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_something")
    file = tmp_path / "signalbox.yaml"
    result = CliRunner().invoke(app, ["init", str(file)])
    assert result.exit_code == 0
    assert "groq" in result.output and "Next: signalbox check" in result.output
    assert 'groq: { api_key: "${GROQ_API_KEY}" }' in file.read_text()
    assert CliRunner().invoke(app, ["check", str(file)]).exit_code == 0


def test_it_keeps_a_file_that_exists_unless_forced(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("precious")
    refused = CliRunner().invoke(app, ["init", str(file)])
    assert refused.exit_code == 1
    assert (
        refused.stderr
        == f"error: {file} cannot be written: it exists. Give another name, or --force to replace it.\n"
    )
    assert file.read_text() == "precious"
    assert CliRunner().invoke(app, ["init", str(file), "--force"]).exit_code == 0
    assert file.read_text().startswith("## Signalbox")


def test_it_says_where_it_cannot_write(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["init", str(tmp_path / "none" / "f.yaml"), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stderr)["error"]["message"].endswith(
        "cannot be written: No such file or directory."
    )


def test_its_json_names_the_file_and_the_vendors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk")
    result = CliRunner().invoke(app, ["init", str(tmp_path / "f.yaml"), "--json"])
    answer = json.loads(result.stdout)
    assert answer["file"] == str(tmp_path / "f.yaml")
    assert "openai" in answer["vendors"]
