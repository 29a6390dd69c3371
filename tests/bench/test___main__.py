"""`python -m bench` is the command."""

import subprocess
import sys


def test_the_module_runs_the_command() -> None:
    command = [sys.executable, "-m", "bench", "--only", "nothing"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert "'nothing' is not measured" in " ".join(ended.stderr.replace("│", " ").split())
