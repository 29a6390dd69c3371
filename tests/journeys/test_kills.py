"""Gateways are killed at every point, and stopped: nothing twice, nothing lost, another one goes on soon."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from storage.engine import open_database
from storage.schema import run_events
from tests.journeys.killable import LEASE
from tests.journeys.kills import (
    COUNTS,
    DATABASES,
    EFFECTS,
    LASTING,
    POINTS,
    Setup,
    cell,
    counted,
    driver,
    judged,
    setup,
)
from tests.journeys.program import show, until
from tests.journeys.replicas import PATIENCE


@pytest.fixture(scope="module")
def beside(tmp_path_factory, simulator) -> Iterator[Setup]:
    """Three gateways on PostgreSQL, for everybody who leaves all of them alive."""
    with setup(tmp_path_factory.mktemp("beside"), simulator.base_url, "postgresql", 3) as world:
        yield world


@contextmanager
def leased(world: Setup, seconds: float) -> Iterator[None]:
    """A claim of any gateway counts so long, inside."""
    lease = world.several.folder / LEASE
    lease.write_text(str(seconds))
    world.several.start_again()
    try:
        yield
    finally:
        lease.unlink()
        world.several.start_again()


def walked(world: Setup, cells: list[tuple[str, str, str]]) -> None:
    """Every cell in one setup; what became of each is shown."""
    lines, doubts = [], []
    lasting = {effect: counted(world, effect) for effect, _, _ in cells if effect in LASTING}
    for number, (effect, when, kind) in enumerate(cells):
        began = time.monotonic()
        found = cell(world, effect, when, kind, f"cell-{number}")
        said = judged(effect, when, kind, found)
        lines.append(f"{effect:14}{when:8}{kind:20}{said:10}{time.monotonic() - began:6.1f} s")
        if found.seconds:
            doubts.append(found.seconds)
    for effect, before in lasting.items():  # nor does anything come later
        assert counted(world, effect) - before == [each for each, _, _ in cells].count(effect)
    kind, _, _ = world.stores.database.partition(":")
    show(f"{kind}, {len(world.several.all)} gateways, {len(cells)} kills: none twice, none lost", *lines)
    if doubts:
        show(
            f"in doubt after {sorted(doubts)[len(doubts) // 2]:.2f} s (median), {max(doubts):.2f} s (longest)"
        )
        assert sorted(doubts)[len(doubts) // 2] < 1.0


FEW = [
    ("keyed", "before", "run.created"),
    ("unsafe", "after", "effect"),
    ("queryable", "before", "tool.completed"),
    ("transactional", "during", "effect"),
    ("keyed", "after", "summary.requested"),
    ("keyed", "before", "summary.completed"),
    ("unsafe_job", "after", "tool.handle"),
    ("unsafe_job", "before", "tool.handle"),
    ("keyed_job", "after", "tool.handle"),
    ("keyed_job", "before", "tool.handle"),
]


def test_a_run_survives_the_death_of_its_gateway_beside_others(beside):
    walked(beside, FEW)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("effect", EFFECTS)
def test_a_kill_at_every_point_does_nothing_twice_and_loses_nothing(
    tmp_path, simulator, effect, database, count
):
    with setup(tmp_path, simulator.base_url, database, count) as world:
        walked(world, [(effect, *point) for point in POINTS])


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
def test_who_was_stopped_and_goes_on_writes_nothing_under_its_old_claim(beside, lease, seconds):
    several, tools = beside.several, beside.tools
    tools.reset()
    stopped, logged = [], []

    def call(path: str) -> None:
        """The first caller is stopped before its answer; it goes on while the second waits."""
        if not stopped:
            one = several.of(asyncio.run(driver(beside.stores.database)))
            logged.append((one.home / "stderr.log").stat().st_size)
            stopped.append(one)
            one.stop()
            tools.since = time.monotonic()
        else:
            time.sleep(max(0.0, tools.since + seconds - time.monotonic()))
            stopped[0].go_on()
            time.sleep(1.5)

    tools.before = call
    with leased(beside, lease):
        run_id = begin(beside, "keyed-plain")
        until(lambda: stopped, "no tool was called", PATIENCE)
        assert several.until(run_id, "completed", "failed") == "completed"
        time.sleep(1)
        journal = asyncio.run(written(beside.stores.database, run_id))
        log = (stopped[0].home / "stderr.log").read_text()[logged[0] :]
    epochs = [epoch for _, epoch, _, _ in journal]
    claims = [seq for seq, _, kind, _ in journal if kind == "run.claimed"]
    assert len(claims) >= 2
    assert epochs == sorted(epochs), "something was accepted from an old claim"
    assert all(epoch >= 2 for seq, epoch, _, _ in journal if seq >= claims[1])
    assert [kind for _, _, kind, _ in journal].count("tool.completed") == 1
    # Who waits for longer than a tool may take is asked again, by the same key.
    assert tools.calls["/keyed"] == 2 or seconds and tools.calls["/keyed"] > 2
    assert tools.effects["/keyed"] == 1
    assert "was released" in log


def failovers(world: Setup, count: int) -> list[float]:
    """Seconds from the death of who drove a run to its claim by another, so many times."""
    found = []
    for _ in range(count):
        killed = threading.Event()
        at = []

        def kill(path: str, at=at, killed=killed) -> None:
            world.tools.before = lambda path: None
            pid = asyncio.run(driver(world.stores.database))
            at.append(time.clock_gettime(time.CLOCK_REALTIME))
            os.kill(pid, signal.SIGKILL)
            killed.set()

        world.tools.reset()
        world.tools.before = kill
        run_id = begin(world, "keyed-plain")
        until(killed.is_set, "no tool was called", PATIENCE)
        assert world.several.until(run_id, "completed", "failed", revive=True) == "completed"
        assert world.tools.effects["/keyed"] == 1
        journal = asyncio.run(written(world.stores.database, run_id))
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
def test_the_runs_of_a_gateway_that_died_are_another_ones_within_half_a_second(beside, count):
    took = failovers(beside, count)
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    show(f"{count} failovers: median {took[count // 2] * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
    assert (p99 if count > 10 else took[0]) < 0.5
