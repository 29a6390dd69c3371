"""`signalbox check` at the prompt."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gateway.cli.check import check

app = typer.Typer()
app.command()(check)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "signalbox.yaml"


def test_a_sound_file_is_summed_up(file: Path) -> None:
    file.write_text(
        "vendors: {openai: {api_key: sk-literal}}\n"
        "models: {fast: {targets: [openai/x]}, 'openai/*': {passthrough: openai}}\n"
        "teams: {support: {models: [fast]}}"
    )
    result = CliRunner().invoke(app, [str(file)])
    assert result.exit_code == 0
    rows = [line.split() for line in result.output.splitlines()[:3]]
    assert rows == [
        ["vendors", "1", "openai"],
        ["models", "2", "fast,", "openai/*"],
        ["teams", "1", "support"],
    ]
    assert f"warning: {file}:1:29 vendors.openai.api_key: found a secret in the file itself" in result.output
    assert f"{file} is sound, with 1 warning (version " in result.output
    assert "sk-literal" not in result.output


def test_a_bad_file_is_refused_with_every_mistake(file: Path) -> None:
    file.write_text("server: {port: x}\nlog: {level: y}")
    result = CliRunner().invoke(app, [str(file)])
    assert result.exit_code == 1
    assert "2 mistakes" in result.stderr
    assert f"{file}:1:16 server.port" in result.stderr and f"{file}:2:14 log.level" in result.stderr


def test_what_cannot_be_built_of_it_is_a_mistake_too(file: Path) -> None:
    file.write_text("vendors: {sim: {}}\nguards: {long: {kind: leak, max_bytes: 4B}}\nguardrails: [long]")
    result = CliRunner().invoke(app, [str(file)])
    assert result.exit_code == 1
    assert "The guard 'long' takes `max_bytes` from 16 to 256." in result.output
    assert "sound" not in result.output


def test_json_says_the_same(file: Path) -> None:
    file.write_text("server: {port: x}")
    bad = CliRunner().invoke(app, [str(file), "--json"])
    answer = json.loads(bad.stdout)
    assert (bad.exit_code, answer["valid"]) == (1, False)
    assert [(problem["line"], problem["path"]) for problem in answer["problems"]] == [(1, "server.port")]
    file.write_text("vendors: {local: {kind: vllm, base_url: 'http://localhost:8000/v1'}}")
    good = json.loads(CliRunner().invoke(app, [str(file), "--json"]).stdout)
    assert (good["valid"], good["vendors"], good["models"]) == (True, ["local"], ["local/*"])


def test_a_missing_file_is_said(file: Path) -> None:
    result = CliRunner().invoke(app, [str(file)])
    assert result.exit_code == 1
    assert "No such file or directory" in result.stderr and "`signalbox init` writes one." in result.stderr


def test_a_soft_budget_is_told_its_bound(file: Path) -> None:
    file.write_text(
        "vendors: { sim: { kind: sim } }\n"
        "models: { small: { targets: [sim/small] } }\n"
        "capabilities: { sim/small: { context: 1000, output: 100 } }\n"
        "teams: { support: { limits: { concurrent: 10 }, budget: { amount: 5, mode: soft } } }\n"
    )
    shown = CliRunner().invoke(app, [str(file)])
    assert "the soft budget of team support is overspent by $0.0021 at most" in " ".join(shown.output.split())
    [bound] = json.loads(CliRunner().invoke(app, [str(file), "--json"]).output)["soft_budgets"]
    assert bound["most_over_nano"] == 10 * (1000 * 150 + 100 * 600)


@pytest.mark.parametrize("asked", [["{}"], ["--config", "{}"], ["-c", "{}"]], ids=["path", "option", "short"])
def test_the_file_is_named_as_for_other_commands_too(file: Path, asked: list[str]) -> None:
    file.write_text("server: {port: x}")
    result = CliRunner().invoke(app, [each.format(file) for each in asked])
    assert result.exit_code == 1 and f"{file}:1:16 server.port" in result.stderr
