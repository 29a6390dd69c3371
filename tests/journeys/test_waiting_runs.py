"""Runs that wait for a person hold no memory, and go on when the word comes, however many there are."""

import sqlite3
import time
from contextlib import closing

import pytest

from tests.journeys.program import show
from tests.journeys.test_runs import CONFIGURATION, ORDER, begin, until
from tests.journeys.tool_server import tool_server

MEMORY = 8 * 1024 * 1024


@pytest.fixture
def tools():
    with tool_server() as tools:
        yield tools


@pytest.fixture
def gateway(simulator, tools, make_gateway):
    return make_gateway(CONFIGURATION.format(simulator=simulator.base_url, tools=tools.url, order=ORDER))


def multiplied(gateway, run_id: str, count: int) -> None:
    """So many runs more that stand as this one does."""
    with closing(sqlite3.connect(gateway.state / "signalbox.db", timeout=30)) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(runs)")]
        taken = ", ".join("'run_c' || n" if name == "id" else f"runs.{name}" for name in columns)
        numbers = f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count})"
        with database:
            database.execute(
                f"INSERT INTO runs {numbers} SELECT {taken} FROM runs, c WHERE id = ?", (run_id,)
            )
            database.execute(
                f"INSERT INTO run_events {numbers} SELECT 'run_c' || n, seq, epoch, kind, at_ms, body "
                "FROM run_events, c WHERE run_id = ?",
                (run_id,),
            )


def refused(gateway) -> None:
    """A person's word to all of them: no."""
    with closing(sqlite3.connect(gateway.state / "signalbox.db", timeout=30)) as database, database:
        database.execute(
            "INSERT INTO run_events SELECT r.id, r.head, r.epoch, 'approval.resolved', r.updated_ms, "
            "json_object('type', 'approval.resolved', 'approval_id', json_extract(e.body, '$.approval_id'), "
            "'call_id', json_extract(e.body, '$.call_id'), 'decision', 'denied', 'by', 'test') "
            "FROM runs r JOIN run_events e ON e.run_id = r.id AND e.kind = 'approval.requested' "
            "WHERE r.status = 'waiting'"
        )
        database.execute("UPDATE runs SET head = head + 1, status = 'queued' WHERE status = 'waiting'")


def waits(gateway, count: int, seconds: float) -> float:
    """The seconds from the word to all until the last of so many runs was taken up again."""
    with gateway.client() as http:
        run_id = begin(http, "asker")
        until(http, run_id, "waiting")
        time.sleep(2)
        before = gateway.memory()
        multiplied(gateway, run_id, count)
        time.sleep(3)
        grown = gateway.memory() - before
        began = time.monotonic()
        refused(gateway)
        queued = "SELECT count(*) AS n FROM runs WHERE status = 'queued'"
        while gateway.query(queued)[0]["n"]:
            assert time.monotonic() - began < seconds, gateway.query(queued)
            time.sleep(0.1)
        took = time.monotonic() - began
        show(f"{count} waiting runs: {grown / 1e6:.1f} MB more; the last was taken up after {took:.1f} s")
        assert grown < MEMORY
        return took


def test_waiting_runs_are_rows_and_nothing_else(gateway, tools):
    waits(gateway, 200, 60)
    assert not tools.calls


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_ten_thousand_waiting_runs(gateway, tools):
    waits(gateway, 10_000, 500)
    assert not tools.calls
