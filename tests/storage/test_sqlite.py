"""A process comes to its end, wherever the statement is that it was about to make."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import open_database

# A second or so, in which its thread does nothing else.
_LONG = text(
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000000) SELECT count(*) FROM n"
)


async def left_amid_a_statement(path: str, cancellations: int) -> None:
    """Whoever asked is cancelled so often; then the loop ends, which cancels all that is left at once."""
    database = open_database(f"sqlite:///{path}", deadline=30.0)
    await database.fetch(text("SELECT 1"))
    asking = asyncio.ensure_future(database.fetch(_LONG))
    await asyncio.sleep(0.1)
    for _ in range(cancellations):
        asking.cancel()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("cancellations", [0, 1, 2])
def test_a_process_that_is_ended_amid_a_statement_ends(tmp_path: Path, cancellations: int) -> None:
    code = "import sys; from tests.storage.test_sqlite import main; main(sys.argv[1], int(sys.argv[2]))"
    command = [sys.executable, "-c", code, str(tmp_path / "a.db"), str(cancellations)]
    assert subprocess.run(command, cwd=Path(__file__).parents[2], timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("cancellations", [0, 1, 2])
def test_nothing_is_said_of_what_nobody_waits_for_any_more(
    tmp_path: Path, cancellations: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, said = set(threading.enumerate()), list[str]()
    monkeypatch.setattr(threading, "excepthook", lambda told: said.append(repr(told.exc_value)))
    asyncio.run(left_amid_a_statement(f"{tmp_path}/a.db", cancellations))
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive()
    assert said == []


def main(path: str, cancellations: int) -> None:
    asyncio.run(left_amid_a_statement(path, cancellations))
