"""`signalbox stop`."""

import json
from pathlib import Path

import pytest

from gateway.cli import stop
from tests.gateway.cli.runs_world import call, filled


def test_what_is_stopped_is_listed_and_lifted(tmp_path: Path) -> None:
    place = filled(tmp_path)
    assert "within a second" in call(stop.app, place, "set", "agent", "desk", "--reason", "a drill").output
    call(stop.app, place, "set", "all")
    listed = json.loads(call(stop.app, place, "list", "--json").stdout)
    assert [(each["scope"], each["name"], each["by"]) for each in listed] == [
        ("agent", "desk", "cli"),
        ("all", None, "cli"),
    ]
    assert "a drill" in call(stop.app, place, "list").output
    assert call(stop.app, place, "lift", "agent", "desk").exit_code == 0
    assert call(stop.app, place, "lift", "agent", "desk").exit_code == 1


def test_of_a_name_that_the_file_does_not_have_it_warns(tmp_path: Path) -> None:
    place, file = filled(tmp_path), tmp_path / "signalbox.yaml"
    file.write_text("vendors: {sim: {}}\nmodels: {fast: {targets: [sim/fast]}}\n")
    words = ("set", "model", "fsat", "--config", str(file))
    said = call(stop.app, place, *words)
    assert said.exit_code == 0
    assert "no model 'fsat'. Did you mean \"fast\"?" in said.stderr
    assert json.loads(call(stop.app, place, *words, "--json").stdout)["known"] is False
    assert "warning" not in call(stop.app, place, "set", "model", "fast", "--config", str(file)).output


@pytest.mark.parametrize("words", [("moon",), ("agent",), ("all", "desk")])
def test_what_cannot_be_stopped_is_said(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert call(stop.app, tmp_path, "set", *words).exit_code == 1
