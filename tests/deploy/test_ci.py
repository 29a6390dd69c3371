"""The CI command runs every step, says how each ended, fails when one does."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("python3", "redis-server", "postgres", "wrk")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with a bench, on a machine whose tools are stand-ins and whose make fails where told."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    (tmp_path / "bench").mkdir()
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to("/bin/true")
    make = tools / "make"
    make.write_text('#!/bin/sh\necho "made $* CI=$CI"\n[ "$1" != "$FAILS" ]\n')
    make.chmod(0o755)
    return tmp_path


def ci(clone: Path, fails: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [clone / ".ci" / "run"],
        cwd="/",
        env={"PATH": f"{clone / 'bin'}:/usr/bin:/bin", "FAILS": fails},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_every_step_runs_in_order_and_is_told_that_it_is_ci(clone: Path) -> None:
    done = ci(clone)
    made = [line for line in done.stdout.splitlines() if line.startswith("made")]
    assert done.returncode == 0, done.stdout
    assert made == [f"made {what} CI=true" for what in ("dev", "check", "test", "bench ARGS=--quick")]
    assert done.stdout.count(": ok, ") == 5
    assert "all is well" in done.stdout


@pytest.mark.parametrize("target", ["check", "test", "bench"])
def test_a_failed_step_fails_the_whole_and_the_others_still_run(clone: Path, target: str) -> None:
    done = ci(clone, fails=target)
    assert done.returncode == 1
    assert done.stdout.count(": ok, ") == 4
    assert done.stdout.count("FAILED (exit 1)") == 1
    assert done.stdout.splitlines()[-1].startswith("== FAILED after")


def test_without_an_environment_nothing_else_is_tried(clone: Path) -> None:
    done = ci(clone, fails="dev")
    assert done.returncode == 1
    assert "made check" not in done.stdout


def test_without_a_bench_no_bench_is_run(clone: Path) -> None:
    (clone / "bench").rmdir()
    assert "made bench" not in ci(clone).stdout


def test_a_missing_tool_that_cannot_be_installed_is_named(clone: Path) -> None:
    tools = clone / "bin"
    (tools / "wrk").unlink()
    for name in ("bash", "id", "dirname", "timeout", "env"):
        (tools / name).symlink_to(shutil.which(name) or "")
    done = subprocess.run(
        [tools / "bash", clone / ".ci" / "tools"],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == "missing: wrk\n"
    assert "apt-get" in done.stderr
