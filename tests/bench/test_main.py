"""`python -m bench` is the bench's command line."""

import subprocess
import sys


def test_the_package_runs_as_a_program() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bench", "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    assert "--quick" in told.stdout
