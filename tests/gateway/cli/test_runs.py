"""`signalbox runs`."""

import json
from pathlib import Path

import pytest

from gateway.cli import runs
from tests.gateway.cli.runs_world import call, filled


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("ledger"))


def document(place: Path, *arguments: str) -> object:
    done = call(runs.app, place, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_runs_are_listed_newest_first_and_by_their_status(place: Path) -> None:
    assert [each["id"] for each in document(place, "list")] == ["run_2", "run_1"]
    assert [each["id"] for each in document(place, "list", "--status", "completed")] == ["run_1"]
    assert [each["id"] for each in document(place, "list", "--team", "others")] == ["run_2"]
    said = call(runs.app, place, "list").output
    assert "waiting (approval)" in said


def test_what_no_run_can_be_is_refused(place: Path) -> None:
    status = call(runs.app, place, "list", "--status", "complete")
    assert (status.exit_code, status.stdout) == (1, "")
    assert "allowed: queued, running, " in status.stderr and 'Did you mean "completed"?' in status.stderr
    team = call(runs.app, place, "list", "--team", "other", "--json")
    assert json.loads(team.stderr)["error"]["code"] == "not_found"


def test_one_is_shown_with_what_it_waits_for(place: Path) -> None:
    assert document(place, "show", "run_1")["output"] == "Done."
    assert document(place, "show", "run_2")["waits_for"] == "approval"
    assert "desk__send" in call(runs.app, place, "show", "run_2").output


def test_one_that_has_ended_is_watched_to_its_end(place: Path) -> None:
    lines = call(runs.app, place, "watch", "run_1").output.splitlines()
    assert "run.created" in lines[0]
    assert "run.finished" in lines[-1]
    told = [
        json.loads(line) for line in call(runs.app, place, "watch", "run_1", "--json").output.splitlines()
    ]
    assert [each["sequence_number"] for each in told] == list(range(len(lines)))


def test_why_is_told_by_the_journal(place: Path) -> None:
    assert document(place, "explain", "run_1")["status"] == "completed"
    said = call(runs.app, place, "explain", "run_1").output
    assert "desk/send" in said
    assert "approved by key_2: fine" in said


def test_a_replay_proves_that_the_same_is_decided(place: Path) -> None:
    told = document(place, "replay", "run_1")
    assert told["same"]
    assert told["commands"] > 10
    assert document(place, "replay", "run_1") == told
    assert told["digest"] in call(runs.app, place, "replay", "run_1").output


@pytest.mark.parametrize(
    ("tools", "code", "said"),
    [
        ("[desk/look, {tool: desk/send, approval: {group: people}}]", 0, "decisions"),
        ("[desk/look, desk/send]", runs.DIVERGED, '"verdict":"allow"'),
        ("[desk/look]", runs.DIVERGED, '"verdict":"deny"'),
    ],
    ids=["the same", "no approval", "no such tool"],
)
def test_a_changed_configuration_shows_where_it_would_part(
    place: Path, tmp_path: Path, tools: str, code: int, said: str
) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(f"""\
vendors: {{ sim: {{ kind: sim }} }}
models: {{ fast: {{ targets: [sim/small] }} }}
tool_servers:
  desk:
    base_url: https://desk.example
    tools: {{ look: {{ path: /look, effect: read }}, send: {{ path: /send, effect: keyed }} }}
agents:
  desk: {{ model: fast, tools: {tools} }}
""")
    done = call(runs.app, place, "replay", "run_1", "--config", str(file))
    assert done.exit_code == code, done.output
    assert said in done.output
    assert "instructions" in done.output  # which this file does not give


def test_a_run_that_is_not_there_is_an_error_everywhere(place: Path) -> None:
    for name in ("show", "watch", "cancel", "explain", "replay"):
        done = call(runs.app, place, name, "run_x", "--json")
        assert done.exit_code == 1
        assert json.loads(done.stderr)["error"]["code"] == "not_found"


def test_one_that_has_ended_cannot_be_cancelled(tmp_path: Path) -> None:
    place = filled(tmp_path)
    assert "final" in call(runs.app, place, "cancel", "run_1").stderr
    assert document(place, "cancel", "run_2")["status"] == "queued"


def test_one_that_waits_for_something_else_is_not_raised(place: Path) -> None:
    refused = call(runs.app, place, "raise", "run_2")
    assert refused.exit_code != 0
    assert "does not wait for its limit" in refused.output + (refused.stderr or "")


def test_a_fork_is_a_new_run_with_what_was_said(tmp_path: Path) -> None:
    place = filled(tmp_path)
    forked = document(place, "fork", "run_1", "--at", "6")
    assert (forked["status"], forked["agent"]) == ("queued", "desk")
    assert "begun, with" in call(runs.app, place, "explain", forked["id"]).output
    assert "goes on from run run_2" in call(runs.app, place, "fork", "run_2").output
    refused = call(runs.app, place, "fork", "run_1", "--at", "900")
    assert refused.exit_code == 1
    assert "a fork begins after 1 to" in refused.output
