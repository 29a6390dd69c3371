"""Walks the kill matrix setup by setup, each in a process of its own: `make kills ARGS="keyed sqlite-3"`.

A word chooses the setups whose name has it: an effect, a kind of database, a number of gateways, or several
of these joined, as in `keyed-postgresql-3`. Without a word all of them are walked, which takes an hour.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.journeys.kills import COUNTS, DATABASES, EFFECTS

TEST = "test_a_kill_at_every_point_does_nothing_twice_and_loses_nothing"
GENTLY = 10  # what others do on the machine comes first


def setups(words: Sequence[str]) -> list[str]:
    """Those that any word chooses, by the names that the parameters of the test give them."""
    names = [
        f"{effect}-{database}-{count}" for effect in EFFECTS for database in DATABASES for count in COUNTS
    ]
    return [name for name in names if not words or any(word in name for word in words)]


def walked(name: str) -> bool:
    """Whether nothing was done twice and nothing lost there; what was found is printed."""
    test = f"{TEST}[{name}]"
    command = (sys.executable, "-m", "pytest", "-q", "-s", "-m", "soak", "tests/journeys/test_kills.py")
    return subprocess.run((*command, "-k", test), check=False).returncode == 0


def main(words: Sequence[str]) -> int:
    """How many setups failed."""
    chosen = setups(words)
    if not chosen:
        sys.exit(f"no setup has any of {' '.join(words)} in its name; some are {', '.join(setups(())[:3])}")
    os.nice(GENTLY)
    lines = []
    for name in chosen:
        began, load = time.monotonic(), os.getloadavg()[0]
        well = walked(name)
        lines.append(
            f"{name:28}{'walked' if well else 'FAILED':8}{time.monotonic() - began:6.0f} s, load {load:.0f}"
        )
    sys.stdout.write("\n".join(lines) + "\n")
    return sum("FAILED" in line for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
