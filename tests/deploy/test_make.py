"""`make install` makes the environment once, and again when it is half made, moved or without its Python."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Stands for the environment's Python: writes down how it was called, answers as pip does, fails where told.
PYTHON = """#!/bin/sh
echo "$*" >>"$(dirname "$0")/../../calls"
echo "Collecting one"; echo "Collecting two"; echo "Installing collected packages: one, two"
[ -z "$PIP_FAILS" ] || { echo "ERROR: no space left"; exit 1; }
"""
MAKE_VENV = """#!/bin/sh
echo venv >>calls
rm -rf "$2"; mkdir -p "$2/bin"; cp stand-in-python "$2/bin/python"
"""
LOCK = "one==1 \\\n    --hash=sha256:0f\ntwo==2 \\\n    --hash=sha256:1e\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in which Python is a stand-in."""
    place = tmp_path / "clone"
    (place / "deploy").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", place)
    shutil.copy(ROOT / "deploy" / "fill-venv.sh", place / "deploy")
    (place / "deploy" / "make-venv.sh").write_text(MAKE_VENV)
    (place / "stand-in-python").write_text(PYTHON)
    (place / "stand-in-python").chmod(0o755)
    for name in ("requirements.lock", "requirements-extras.lock", "requirements-dev.lock", "pyproject.toml"):
        (place / name).write_text(LOCK)
        os.utime(place / name, (0, 0))
    return place


def make(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (clone / "calls").unlink(missing_ok=True)
    return subprocess.run(
        ["make", *arguments],
        cwd=clone,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def calls(clone: Path) -> list[str]:
    """What was done by the last make: `venv` for an environment made, `pip` for a filling of it."""
    written = (clone / "calls").read_text().splitlines() if (clone / "calls").exists() else []
    return ["pip" if "--require-hashes" in call else call for call in written if "--editable" not in call]


def test_the_project_is_compiled_once(clone: Path) -> None:
    (clone / "gateway").mkdir()
    (clone / "gateway" / "__init__.py").touch()
    make(clone, "install")
    assert calls(clone)[-1] == f"-m compileall -q {clone}/gateway"


def test_the_second_time_there_is_nothing_to_do(clone: Path) -> None:
    first = make(clone, "install")
    assert (first.returncode, calls(clone)) == (0, ["venv", "pip"])
    make(clone, "install")
    assert calls(clone) == []


def test_the_developers_environment_holds_the_others(clone: Path) -> None:
    make(clone, "dev")
    assert calls(clone) == ["venv", "pip"]
    for smaller in ("extras", "install"):
        make(clone, smaller)
        assert calls(clone) == []


def test_what_is_optional_is_added_to_what_is_there(clone: Path) -> None:
    make(clone, "install")
    make(clone, "extras")
    assert calls(clone) == ["pip"]
    make(clone, "install")
    assert calls(clone) == []


def test_a_changed_lock_is_filled_in_without_a_new_environment(clone: Path) -> None:
    make(clone, "install")
    (clone / "requirements.lock").write_text(LOCK)
    os.utime(clone / "requirements.lock", (2**32, 2**32))
    make(clone, "install")
    assert calls(clone) == ["pip"]


def test_a_filling_that_failed_is_told_and_begun_anew(clone: Path) -> None:
    failed = make(clone, "install", PIP_FAILS="yes")
    assert failed.returncode != 0
    assert "ERROR: no space left" in failed.stderr
    assert "run make again" in failed.stderr
    assert make(clone, "install").returncode == 0
    assert calls(clone) == ["venv", "pip"]


def test_an_interrupted_filling_is_begun_anew(clone: Path) -> None:
    make(clone, "install")
    (clone / ".venv" / ".filling").touch()
    make(clone, "dev")
    assert calls(clone) == ["venv", "pip"]


def test_a_moved_environment_is_made_anew(clone: Path) -> None:
    make(clone, "install")
    moved = clone.rename(clone.with_name("moved"))
    make(moved, "install")
    assert calls(moved) == ["venv", "pip"]


def test_an_environment_whose_python_was_removed_is_made_anew(clone: Path) -> None:
    make(clone, "install")
    (clone / ".venv" / "bin" / "python").unlink()
    (clone / ".venv" / "bin" / "python").symlink_to("gone")
    make(clone, "install")
    assert calls(clone) == ["venv", "pip"]


def test_the_wait_is_not_silent(clone: Path) -> None:
    told = make(clone, "install").stderr
    assert "making the environment .venv" in told
    assert "all packages are here, installing" in told


@pytest.mark.parametrize(
    ("python", "complaint"),
    [
        ("no-such-python", "'no-such-python' was not found"),
        ("./old-python", "is too old, 3.11 or newer is needed"),
    ],
)
def test_a_python_that_will_not_do_is_named(clone: Path, python: str, complaint: str) -> None:
    shutil.copy(ROOT / "deploy" / "make-venv.sh", clone / "deploy")
    (clone / "old-python").write_text(
        '#!/bin/sh\n[ "$1" != --version ] || { echo Python 3.9.2; exit; }\nexit 1\n'
    )
    (clone / "old-python").chmod(0o755)
    done = make(clone, "install", f"PYTHON={python}")
    assert done.returncode != 0
    assert complaint in done.stderr
    assert "make PYTHON=" in done.stderr


def test_help_lists_every_command(clone: Path) -> None:
    listed = {line.split()[1] for line in make(clone).stdout.splitlines()}
    assert {
        "install",
        "dev",
        "extras",
        "serve",
        "format",
        "check",
        "test",
        "soak",
        "docs",
        "bench",
        "bench-peers",
    } <= listed
