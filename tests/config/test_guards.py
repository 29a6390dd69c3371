"""The kinds that the file may name are the guards there are."""

from pathlib import Path

import guardrails.guards
from config.guard_names import GUARD_KINDS


def test_the_kinds_are_the_files() -> None:
    folder = Path(next(iter(guardrails.guards.__path__)))
    found = {path.stem.replace("_", "-") for path in folder.glob("[a-z]*.py")}
    assert found == set(GUARD_KINDS)
