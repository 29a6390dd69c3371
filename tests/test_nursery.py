"""A program that was forked off is what a started one is: its own place, variables, ends and signals."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.journeys.program import environment
from tests.nursery import Child, nursery


def begun(home: Path, *arguments: str) -> Child:
    with (home / "errors").open("ab") as errors:
        return nursery().start(arguments, home, environment(home), errors)


def test_a_command_says_what_it_says_and_ends_as_it_ends(tmp_path: Path) -> None:
    child = begun(tmp_path, "init", "--help")
    with child.stdout:
        assert b"Usage: signalbox init" in child.stdout.read()
    assert child.wait(20) == 0 == child.poll()
    refused = begun(tmp_path, "serve", "--config", "nowhere.yaml")
    with refused.stdout:
        assert refused.wait(20) == 1
    assert "nowhere.yaml" in (tmp_path / "errors").read_text()


def test_a_server_has_its_own_place_and_is_ended_by_a_signal(tmp_path: Path) -> None:
    first, second = (begun(tmp_path, "simulate", "--port", "0", "--json", "--bill", name) for name in "ab")
    with first.stdout, second.stdout:
        assert json.loads(first.stdout.readline()) != json.loads(second.stdout.readline())
        assert (tmp_path / "a").exists() and (tmp_path / "b").exists()
        assert Path(f"/proc/{first.pid}/cwd").resolve() == tmp_path.resolve()
        with pytest.raises(subprocess.TimeoutExpired):
            first.wait(0.05)
        first.kill()
        assert first.wait(20) == -signal.SIGKILL
        second.terminate()
        assert second.wait(20) in (0, -signal.SIGTERM)
        second.kill()  # it is gone, and nobody else is hit
