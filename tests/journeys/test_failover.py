"""Another gateway goes on where one was killed or stopped; who wakes up again writes nothing any more."""

import asyncio
import os
import signal
import threading
import time

import pytest
from sqlalchemy import select

from storage.engine import open_database
from storage.schema import run_events
from tests.journeys.killable import LEASE
from tests.journeys.program import show, until
from tests.journeys.replicas import PATIENCE
from tests.journeys.test_kills import Setup, driver, setup
from tests.storage.postgres import postgres


def begin(world: Setup, agent: str) -> str:
    body = {"agent": agent, "input": "Please use the tool."}
    return str(world.several.request("POST", "/v1/runs", json=body).json()["id"])


async def written(url: str, run_id: str) -> list[tuple[int, int, str, int]]:
    """Number, epoch, name and time of each event."""
    database = open_database(url, deadline=20)
    of = run_events.c
    try:
        query = select(of.seq, of.epoch, of.kind, of.at_ms).where(of.run_id == run_id).order_by(of.seq)
        return [tuple(row) for row in await database.fetch(query)]
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("lease", "seconds"),
    [(1.5, 0.0), pytest.param(10.0, 30.0, marks=[pytest.mark.soak, pytest.mark.timeout(300)])],
    ids=["quick", "soak"],
)
def test_who_was_stopped_and_goes_on_writes_nothing_under_its_old_claim(tmp_path, simulator, lease, seconds):
    (tmp_path / LEASE).write_text(str(lease))
    with postgres() as url, setup(tmp_path, simulator.base_url, url, 2) as world:
        several, tools = world.several, world.tools
        stopped = []

        def call(path: str) -> None:
            """The first caller is stopped before its answer; it goes on while the second waits."""
            if not stopped:
                stopped.append(several.of(asyncio.run(driver(url))))
                stopped[0].stop()
                tools.since = time.monotonic()
            else:
                time.sleep(max(0.0, tools.since + seconds - time.monotonic()))
                stopped[0].go_on()
                time.sleep(1.5)

        tools.before = call
        run_id = begin(world, "keyed-plain")
        until(lambda: stopped, "no tool was called", PATIENCE)
        assert several.until(run_id, "completed", "failed") == "completed"
        time.sleep(1)
        journal = asyncio.run(written(url, run_id))
        log = (stopped[0].home / "stderr.log").read_text()
    epochs = [epoch for _, epoch, _, _ in journal]
    claims = [seq for seq, _, kind, _ in journal if kind == "run.claimed"]
    assert len(claims) >= 2
    assert epochs == sorted(epochs), "something was accepted from an old claim"
    assert all(epoch >= 2 for seq, epoch, _, _ in journal if seq >= claims[1])
    assert [kind for _, _, kind, _ in journal].count("tool.completed") == 1
    assert (tools.calls["/keyed"], tools.effects["/keyed"]) == (2, 1)
    assert "was let go" in log


def failovers(world: Setup, count: int) -> list[float]:
    """Seconds from the death of who drove a run to its claim by another, so many times."""
    found = []
    for _ in range(count):
        killed = threading.Event()
        at = []

        def kill(path: str, at=at, killed=killed) -> None:
            world.tools.before = lambda path: None
            pid = asyncio.run(driver(world.database))
            at.append(time.clock_gettime(time.CLOCK_REALTIME))
            os.kill(pid, signal.SIGKILL)
            killed.set()

        world.tools.reset()
        world.tools.before = kill
        run_id = begin(world, "keyed-plain")
        until(killed.is_set, "no tool was called", PATIENCE)
        assert world.several.until(run_id, "completed", "failed", revive=True) == "completed"
        assert world.tools.effects["/keyed"] == 1
        journal = asyncio.run(written(world.database, run_id))
        claims = [at_ms for _, _, kind, at_ms in journal if kind == "run.claimed"]
        found.append(claims[1] / 1000 - at[0])
        if (dead := world.several.dead()) is not None:
            world.several.start(dead)
    return sorted(found)


@pytest.mark.parametrize(
    "count",
    [3, pytest.param(100, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])],
    ids=["quick", "soak"],
)
def test_the_runs_of_a_gateway_that_died_are_another_ones_within_half_a_second(tmp_path, simulator, count):
    with postgres() as url, setup(tmp_path, simulator.base_url, url, 3) as world:
        took = failovers(world, count)
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    show(f"{count} failovers: median {took[count // 2] * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
    assert (p99 if count > 10 else took[0]) < 0.5
