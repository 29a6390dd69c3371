"""`signalbox route` shows the plan and the reasons, and calls nobody."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from gateway.cli.route import route_command

FILE = """
vendors: { sim: {} }
models:
  fast: { targets: [sim/large, sim/small], strategy: cheapest }
  auto: { strategy: { kind: difficulty, cheap: fast, strong: smart, explore: 0, dial: 1 } }
  smart: { targets: [sim/large] }
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "signalbox.yaml").write_text(FILE)
    (tmp_path / "question.txt").write_text("Why is the sky blue?")
    return tmp_path


def run(*arguments: str, given: str | None = None) -> Result:
    app = typer.Typer()
    app.command()(route_command)
    return CliRunner().invoke(app, arguments, input=given, env={"COLUMNS": "200"})


def test_the_plan_is_told_in_order_with_reasons(place: Path) -> None:
    said = run("--model", "fast", "--prompt-file", "question.txt").stdout.splitlines()
    assert said == [
        "  1. sim/small  cheapest, about $0.0002432",
        "  2. sim/large  next, about $0.0040525",
    ]


def test_a_choice_between_groups_is_told_first(place: Path) -> None:
    said = run("--model", "auto", "--prompt-file", "-", given="Prove it.").stdout.splitlines()
    assert said[0].startswith("strong: harder than ")
    assert said[1].startswith("  1. sim/large")


def test_without_a_question_it_is_a_greeting_which_is_told(place: Path) -> None:
    result = run("-m", "fast")
    assert [line.split()[1] for line in result.stdout.splitlines()] == ["sim/small", "sim/large"]
    assert result.stderr == (
        "warning: No question was given by --prompt-file or --body-file: planned for “Hello!”\n"
    )


def test_who_is_left_out_and_a_refusal_are_told(place: Path) -> None:
    result = run("-m", "fast", "-f", "question.txt", "-H", "x-signalbox-max-price: 0.001")
    assert "left out" in result.stdout
    assert "  –  sim/large: about $0.0040525 is above the call's $0.0010000" in result.stdout
    refused = run("-m", "fast", "-f", "question.txt", "-H", "x-signalbox-vendors: nobody", "--json")
    assert refused.exit_code == 1
    document = json.loads(refused.stdout)
    assert (document["plan"], document["error"]["code"]) == ([], "no_target_fits")


def test_a_whole_request_is_taken_too(place: Path) -> None:
    (place / "body.json").write_text('{"model": "x", "messages": [{"role": "user", "content": "Hi"}]}')
    document = json.loads(run("-m", "fast", "--body-file", "body.json", "--json").stdout)
    assert [choice["target"] for choice in document["plan"]] == ["sim/small", "sim/large"]


def test_a_team_that_nobody_declared_is_warned_of(place: Path) -> None:
    (place / "signalbox.yaml").write_text(f"{FILE}teams: {{ support: {{ models: [smart] }} }}\n")
    asked = ("-m", "smart", "-f", "question.txt", "--team")
    for team in ("support", "default"):
        assert run(*asked, team).stderr == ""
    typo = run(*asked, "suport")
    assert typo.exit_code == 0
    assert 'warning: No team "suport" is in' in typo.stderr
    assert 'Did you mean "support"?' in typo.stderr
    [warning] = json.loads(run(*asked, "elsewhere", "--json").stdout)["warnings"]
    assert warning.endswith("One that only the database has is bound to its models there, too.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-m", "fast", "-f", "absent.txt"], "absent.txt: No such file"),
        (["-m", "fast", "-f", "question.txt", "-H", "nonsense"], "--header is 'nonsense'"),
        (
            ["-m", "fast", "-f", "question.txt", "-H", "X-Signalbox-Max-Prize: 0.01"],
            '"x-signalbox-max-prize", which no call has; allowed: x-signalbox-cache-tags, ',
        ),
        (
            ["-m", "fast", "-f", "question.txt", "-H", "x-signalbox-vendor: openai"],
            'Did you mean "x-signalbox-vendors"?',
        ),
        (["-m", "fast", "--body-file", "question.txt"], "question.txt cannot be read"),
    ],
)
def test_a_mistake_is_said(place: Path, arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert said in result.stderr
