"""Guards that a command can try are made from the file, or as they are; others are refused in words."""

from pathlib import Path

import pytest
import typer

from gateway.cli.guard_making import declared, guards_of

FILE = """
vendors: { openai: { api_key: x } }
models: { fast: { targets: [openai/gpt-4o-mini] } }
guards:
  mine: { kind: words, words: [tea] }
  far: { kind: webhook, url: "https://guard.example/x", secret: hush }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "signalbox.yaml"
    path.write_text(FILE)
    return path


def test_a_guard_is_as_the_file_says_or_as_its_kind_does(file: Path) -> None:
    mine, pii = guards_of(["mine", "pii"], file, as_json=False)
    assert (mine.kinds, pii.name) == ({"WORD"}, "pii")
    assert set(declared(file, as_json=False)) == {"mine", "far"}


@pytest.mark.parametrize(
    ("name", "said"), [("far", "asks somebody else"), ("moon", "is no guard; allowed: far, injection")]
)
def test_one_that_cannot_be_tried_is_refused(
    file: Path, name: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        guards_of([name], file, as_json=False)
    assert said in capsys.readouterr().err
