"""What commands about runs say when something is not as it should be."""

from pathlib import Path

from agentloop.journal import RunRecord
from gateway.cli import runs
from gateway.cli.journals import standing
from tests.gateway.cli.runs_world import call


def test_without_a_ledger_there_are_no_runs(tmp_path: Path) -> None:
    done = call(runs.app, tmp_path, "list")
    assert done.exit_code == 1
    assert "no ledger" in done.stderr


def test_a_standing_has_its_reason() -> None:
    record = RunRecord("run_1", "t", "k", "desk", "d", "incomplete", "max_turns")
    assert standing(record) == "incomplete (max_turns)"
