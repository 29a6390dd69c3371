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


def run(home: Path, line: str) -> subprocess.CompletedProcess[str]:
    """What a shell does with a line in which `signalbox` is the nursery's."""
    variables = environment(home)
    variables["PATH"] = f"{nursery().place}:{variables['PATH']}"
    return subprocess.run(
        ("bash", "-c", line), cwd=home, env=variables, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_line_of_a_shell_finds_the_command_with_its_input_output_and_end(tmp_path: Path) -> None:
    assert "Usage: signalbox init" in run(tmp_path, "signalbox init --help | cat").stdout
    refused = run(tmp_path, "X=1 signalbox serve --config nowhere.yaml; echo $?")
    assert (refused.stdout, "nowhere.yaml" in refused.stderr) == ("1\n", True)
    given = run(tmp_path, "printf 'my card is 4111 1111 1111 1111' | signalbox guard test --json")
    assert "card" in given.stdout.lower(), given.stderr


def test_a_signal_to_the_line_reaches_the_command(tmp_path: Path) -> None:
    line = "signalbox simulate --port 0 --json >said & "
    line += "while [ ! -s said ]; do sleep 0.05; done; kill -TERM $!; wait $!"
    ended = run(tmp_path, line)
    assert ended.returncode in (0, 128 + signal.SIGTERM)
    assert json.loads((tmp_path / "said").read_text())
