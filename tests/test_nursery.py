"""A program that was forked off is what a started one is: its own place, variables, ends and signals."""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.program import environment
from tests.nursery import Child, nursery
from tests.nursery import run as run_as_a_program


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


def forked(program: Callable[[], object]) -> int:
    """How a process ends that was forked off this one and does so much."""
    pid = os.fork()
    if pid == 0:
        try:
            program()
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_who_was_forked_off_orders_as_well_and_hears_its_own_answers(tmp_path: Path) -> None:
    maker = nursery()
    mine = begun(tmp_path, "simulate", "--port", "0", "--json")

    def look() -> None:
        theirs = begun(tmp_path, "simulate", "--port", "0", "--json")
        theirs.kill()
        os._exit(0 if theirs.wait(20) == -signal.SIGKILL and mine.poll() is None else 1)

    with mine.stdout:
        assert [forked(look) for _ in range(2)] == [0, 0]
        assert (mine.poll(), nursery()) == (None, maker)
        mine.kill()
        assert mine.wait(20) == -signal.SIGKILL


@pytest.mark.parametrize(("code", "status"), [(None, 0), (3, 3)])
def test_a_program_ends_when_its_threads_have_and_leaves_nothing_unsaid(
    code: int | None, status: int, tmp_path: Path
) -> None:
    said = tmp_path / "said"

    def program() -> None:
        sys.stdout = said.open("w")
        sys.stdout.write("begun ")
        threading.Timer(0.2, lambda: sys.stdout.write("waited ")).start()
        atexit.register(lambda: sys.stdout.write("put away"))
        sys.exit(code)

    def ended() -> None:
        atexit._clear()  # the tests' own
        run_as_a_program(program)

    assert forked(ended) == status
    assert said.read_text() == "begun waited put away"


@pytest.mark.parametrize("error", [ValueError("broken"), SystemExit("broken")])
def test_what_a_program_did_not_expect_is_told_of_by_the_interpreter(error: BaseException) -> None:
    def program() -> None:
        raise error

    with pytest.raises(type(error), match="broken"):
        run_as_a_program(program)
