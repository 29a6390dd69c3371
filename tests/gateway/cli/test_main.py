"""The command as a whole: its list, its version, its options and errors alike everywhere."""

import json
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import COMMANDS as LISTED
from gateway.cli.main import app
from tests.gateway.running import command, environment

COMMANDS = ["serve", "init", "check", "show", "keys", "teams", "usage", "targets", "explain", "simulate"]
COMMANDS += ["batches", "cache", "embedder", "guard", "limits", "route", "replay", "router"]
COMMANDS += ["agents", "approvals", "audit", "erase", "ledger", "runs", "stop"]
ROOT = {each.name: each.load() for each in LISTED}


def test_the_module_is_the_command(tmp_path: Path) -> None:
    done = subprocess.run(
        command("--version"),
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout == f"signalbox {version('signalbox-gateway')}\n"


def test_help_lists_every_command() -> None:
    said = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "100"}).output
    assert sorted(re.findall(r"^│ (\w+)  ", said, re.MULTILINE)) == sorted(COMMANDS)


@pytest.mark.parametrize(
    "words",
    [[name] for name in COMMANDS]
    + [["keys", name] for name in ("create", "list", "revoke", "rotate")]
    + [["teams", name] for name in ("create", "list", "show", "archive")]
    + [["audit", name] for name in ("verify", "export")]
    + [["ledger", name] for name in ("reconcile", "chargeback")]
    + [["router", name] for name in ("train", "eval", "show")],
    ids=" ".join,
)
def test_every_command_and_every_option_says_what_it_is_for(words: list[str]) -> None:
    found = ROOT[words[0]]
    for word in words[1:]:
        found = found.commands[word]
    assert found.help and found.help.strip().endswith(".")
    for option in found.params:
        if not getattr(option, "hidden", False) and option.name != "help":
            assert getattr(option, "help", ""), f"{' '.join(words)}: {option.name}"
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "80"})
    assert shown.exit_code == 0
    assert max(map(len, shown.output.splitlines())) <= 80


@pytest.mark.parametrize(
    "words",
    [
        ["teams", "show", "nobody"],
        ["keys", "revoke", "nobody"],
        ["keys", "create", "--team", "x", "--expires", "soon"],
        ["usage", "--since", "soon"],
        ["explain", "req_0"],
        ["show", "missing.yaml"],
        ["route", "--model", "demo", "--prompt-file", "missing.txt"],
        ["replay", "--since", "soon"],
        ["router", "eval", "missing.jsonl"],
        ["router", "train", "missing.jsonl"],
        ["router", "show", "--model", "missing.bin"],
        ["init", "missing/signalbox.yaml"],
    ],
    ids=" ".join,
)
def test_with_json_a_failure_is_a_document_on_standard_error(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, [*words, "--json"], env={"SIGNALBOX_STATE": str(tmp_path)})
    assert (result.exit_code, result.stdout) == (1, "")
    error = json.loads(result.stderr)["error"]
    assert error["message"] and error["code"]
