"""`signalbox router` learns from lines of JSON, says how good that is, and shows what a model knows."""

import gzip
import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.router import app
from gateway.routing.learning import Label, Learning, Sample
from routing.difficulty.features import features
from tests.routing.difficulty.values import question


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    dice = random.Random(2)
    lines = []
    for _ in range(400):
        hard = dice.random() < 0.4
        weak = dice.random() < (0.1 if hard else 0.9)
        line = {
            "prompt": question(hard, dice),
            "strong": dice.random() < 0.92,
            "weak": weak,
            "weak_answer": f"4 + 4 = {8 if weak else 9}.",
        }
        lines.append(json.dumps(line))
    (tmp_path / "labels.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    (tmp_path / "few.jsonl").write_text("\n".join(lines[:50]))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})


def test_a_model_is_learnt_shown_and_judged(place: Path) -> None:
    learnt = run("train", "labels.jsonl.gz", "--out", "own.bin", "--name", "ours")
    assert "own.bin has learnt from 400 labels" in learnt.stdout
    shown = json.loads(run("show", "--model", "own.bin", "--json").stdout)
    assert (shown["name"], shown["labels"], shown["prior"]) == ("ours", 400, False)
    judged = json.loads(run("eval", "labels.jsonl.gz", "--model", "own.bin", "--json").stdout)
    assert judged["apgr"]["mean"] > 0.7
    assert judged["apgr"]["low"] < judged["apgr"]["mean"] < judged["apgr"]["high"]


def test_learning_is_tried_on_what_was_not_learnt_from(place: Path) -> None:
    said = run("eval", "labels.jsonl.gz", "--labels", "200", "--seeds", "3").stdout
    assert "200 labels, 3 splits" in said
    assert "APGR" in said and "a coin has 0.500" in said
    cascade = json.loads(
        run("eval", "labels.jsonl.gz", "--labels", "200", "--seeds", "3", "--cascade", "--json").stdout
    )
    assert cascade["apgr"]["mean"] > 0.75


def test_few_labels_are_warned_of(place: Path) -> None:
    assert "the model that ships is the safer choice" in run("train", "few.jsonl", "--out", "few.bin").stdout


def test_what_ships_says_that_it_is_a_first_guess(place: Path) -> None:
    said = run("show").stdout
    assert "A first guess that knows nothing of your traffic" in said
    assert "prior" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["eval", "few.jsonl", "--labels", "50"], "--labels is 50, but there are 50 lines"),
        (["eval", "few.jsonl", "--cascade"], "give --labels"),
        (["eval", "few.jsonl", "--weak", "cheap"], "line 1 has no 'cheap'"),
        (["eval", "few.jsonl", "--strong", "weak"], "no gap to close"),
        (["train", "empty.jsonl"], "contain no labelled call"),
        (["show", "--model", "few.jsonl"], "no router model"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_is_said(place: Path, arguments: list[str], said: str) -> None:
    (place / "empty.jsonl").write_text("")
    result = run(*arguments)
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_groups_own_calls_are_learnt_from_too(place: Path) -> None:
    learning = Learning(place / "router", 1)
    dice = random.Random(4)
    for number in range(120):
        hard = number % 2 == 0
        seen = features(question(hard, dice))
        side = "strong" if number % 3 else "cheap"
        learning.sample(Sample(f"req_{number}", "t", "auto", side, 0.5, seen.words, seen.figures))
        right = dice.random() < (0.9 if side == "strong" or not hard else 0.1)
        learning.label(Label(f"req_{number}", "t", float(right)))
    told = json.loads(run("train", "--group", "auto", "--state", str(place), "--json").stdout)
    assert told["labels"] == 120
    assert json.loads(run("show", "--model", "router.bin", "--json").stdout)["made_from"] == [
        "120 judged calls of auto"
    ]
    nobody = run("train", "--group", "other", "--state", str(place))
    assert "not a single labelled call to learn from" in nobody.stderr
    assert "--group that has" in run("train").stderr


def test_a_model_of_answers_is_learnt_from_lines_that_have_them(place: Path) -> None:
    assert (
        "has learnt from 400 labels" in run("train", "labels.jsonl.gz", "--cascade", "-o", "seen.bin").stdout
    )
    assert json.loads(run("show", "--model", "seen.bin", "--json").stdout)["cascade"] is True
    refused = run("train", "labels.jsonl.gz", "--cascade", "--group", "auto")
    assert refused.exit_code == 1 and "name files" in refused.stderr
