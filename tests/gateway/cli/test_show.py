"""`signalbox show` at the prompt."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gateway.cli.show import show

app = typer.Typer()
app.command()(show)


def test_it_marks_defaults_and_masks_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-proj-0123456789abcdef")
    file = tmp_path / "signalbox.yaml"
    file.write_text("vendors: {openai: {}}\nserver: {port: 9000}")
    result = CliRunner().invoke(app, [str(file)])
    lines = {line.split()[0]: line.split()[1:] for line in result.output.splitlines() if line.split()}
    assert result.exit_code == 0
    assert lines["server.port"] == ["9000"]
    assert lines["server.host"] == ["127.0.0.1", "default"]
    assert lines["vendors.openai.api_key"] == ["sk-…cdef", "(env", "OPENAI_API_KEY)"]
    assert "0123456789" not in result.output


def test_without_a_file_it_shows_what_the_environment_offers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-proj-0123456789abcdef")
    answer = json.loads(CliRunner().invoke(app, ["--json"]).stdout)
    assert answer["source"] == "no file"
    shown = {setting["path"]: setting for setting in answer["settings"]}
    assert shown["vendors.openai.base_url"] == {
        "path": "vendors.openai.base_url",
        "value": "https://api.openai.com/v1",
        "default": True,
    }
    (tmp_path / "signalbox.yaml").write_text("vendors: {}")
    assert json.loads(CliRunner().invoke(app, ["--json"]).stdout)["source"] == "signalbox.yaml"


def test_a_bad_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "signalbox.yaml"
    file.write_text("server: 5")
    result = CliRunner().invoke(app, [str(file)])
    assert result.exit_code == 1
    assert "server: found 5; allowed: a mapping of settings" in result.stderr


def test_nothing_is_clipped_where_a_terminal_is_narrow(tmp_path: Path) -> None:
    file = tmp_path / "signalbox.yaml"
    name = "a-model-of-a-long-name-" * 4
    file.write_text(f"vendors: {{sim: {{}}}}\nmodels: {{{name}: {{targets: [sim/large, sim/small]}}}}")
    said = CliRunner().invoke(app, [str(file)], env={"COLUMNS": "40"}).output
    assert f"models.{name}" in said
    assert "sim/large × 1, sim/small × 1" in said
    assert "30d" in said and "…" not in said.replace("(none)", "")


def test_the_file_is_named_as_for_other_commands_too(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("server: {port: 9000}")
    shown = CliRunner().invoke(app, ["--config", str(file), "--json"])
    assert json.loads(shown.stdout)["source"] == str(file)
