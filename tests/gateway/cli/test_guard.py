"""`signalbox guard` shows what guards find, and how well."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app

TEXT = "write to bob@acme.example, or call (415) 555-0132"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "text.txt"
    file.write_text(TEXT)
    return file


def run(*arguments: str, code: int = 0) -> str:
    ran = CliRunner().invoke(app, ["guard", *arguments])
    assert ran.exit_code == code, ran.output
    return ran.output


def test_findings_are_shown_where_they_stand(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(text.parent)
    shown = run("test", "-f", str(text))
    assert "bob@acme.example [EMAIL: mask]" in shown and "(415) 555-0132 [PHONE: mask]" in shown
    assert "pii: 2 found in" in shown and "secrets: 0 found in" in shown


def test_as_json_the_text_is_not_in_it(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(text.parent)
    shown = run("test", "-f", str(text), "--json")
    assert "acme" not in shown
    assert [(each["type"], each["start"]) for each in json.loads(shown)["findings"]] == [
        ("EMAIL", 9),
        ("PHONE", 35),
    ]


def test_a_guard_of_the_file_is_tried(text: Path) -> None:
    (text.parent / "signalbox.yaml").write_text(
        "vendors: { sim: {} }\nguards: { own: { kind: words, words: [call], action: block } }\n"
    )
    shown = run("test", "-f", str(text), "-g", "own", "--config", str(text.parent / "signalbox.yaml"))
    assert "call [WORD: block]" in shown and "EMAIL" not in shown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("test", "-g", "pi"), "'pi' is no guard"),
        (("test", "-f", "nowhere.txt"), "nowhere.txt"),
        (("test", "-g", "words"), "neither words"),
    ],
)
def test_a_mistake_is_told(
    arguments: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in run(*arguments, code=1)


def test_texts_whose_findings_are_known_give_a_score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [
        {"text": TEXT, "spans": [{"type": "email", "start": 9, "end": 25}]},
        {"text": "Ann", "spans": [{"type": "PERSON", "start": 0, "end": 3}]},
    ]
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join(map(json.dumps, lines)))
    said = json.loads(run("eval", str(data), "--json"))
    assert said["types"]["EMAIL"]["recall"] == 1.0 and said["types"]["PHONE"]["alarms"] == 1
    assert said["not_looked_for"] == {"PERSON": 1}
    assert "not looked for: PERSON 1" in run("eval", str(data))


def test_a_line_that_is_no_case_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data.jsonl"
    data.write_text('{"text": "a", "label": 0}\n{"text": 1}\n')
    said = run("eval", str(data), code=1)
    assert "line 2" in said and "`spans`" in said
