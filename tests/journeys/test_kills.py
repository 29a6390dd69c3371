"""A gateway is killed at every point of its journal and around a tool's effect: nothing twice, nothing lost.

Every run has the same course: the model asks for a tool, a person agrees, the tool is called, the model says
its last word. The tool server counts its own effects.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from storage.engine import open_database
from storage.schema import runs
from tests.journeys.program import show, until
from tests.journeys.replicas import PATIENCE, Replicas, replicas
from tests.journeys.tool_server import Tools, tool_server
from tests.storage.postgres import postgres

EFFECTS = ("read", "idempotent", "keyed", "queryable", "unsafe")
# Of the contract's points those that this version writes, in the order in which a run comes to them.
KINDS = (
    "run.created",
    "model.requested",
    "model.completed",
    "policy.decided",
    "approval.requested",
    "approval.resolved",
    "tool.intent",
    "tool.completed",
    "limit.reached",
    "run.finished",
)
POINTS = (
    *((when, kind) for kind in KINDS[:7] for when in ("before", "after")),
    *((when, "effect") for when in ("before", "during", "after")),
    *((when, kind) for kind in KINDS[7:] for when in ("before", "after")),
)
# Where the call may have gone out and its outcome is not written.
DOUBTFUL = (("after", "tool.intent"), *((when, "effect") for when in ("before", "during", "after")))
# The limit is written together with the outcome of the call after which it is reached.
DOUBTFUL += (("before", "tool.completed"), ("before", "limit.reached"))
SETTLED = ("completed", "incomplete", "in_doubt", "failed", "cancelled")

TOOL = "{{ path: /{name}, effect: {name}, timeout: {timeout}, arguments: {order}{more} }}"
ORDER = '{type: object, properties: {order_id: {type: string, enum: ["A-7"]}}, required: [order_id]}'
LOOKUP = "reconcile: { tool: look, arguments: { order_id: order_id }, member: status, equals: done }"


def configuration(simulator: str, tools: str, database: str) -> str:
    lines = [
        "stores:",
        f'  database: "{database}"',
        f'vendors: {{ sim: {{ kind: sim, base_url: "{simulator}" }} }}',
        "models: { tools: { targets: [sim/tools] } }",
        "tool_servers:",
        "  desk:",
        f'    base_url: "{tools}"',
        '    private: ["127.0.0.0/8"]',
        "    tools:",
        f'      look: {{ method: GET, path: "/look/{{order_id}}", effect: read, arguments: {ORDER} }}',
    ]
    for name in EFFECTS:
        more = f", {LOOKUP}" if name == "queryable" else ""
        timeout = "2s" if name == "queryable" else "10s"
        lines.append("      " + name + ": " + TOOL.format(name=name, order=ORDER, more=more, timeout=timeout))
    lines.append("agents:")
    for name in EFFECTS:
        tool = f"{{ tool: desk/{name}, approval: {{ group: people, ttl: 1h }} }}"
        lines.append(f"  {name}: {{ model: tools, tools: [{tool}] }}")
        lines.append(f"  {name}-plain: {{ model: tools, tools: [desk/{name}] }}")
        lines.append(f"  {name}-limited: {{ model: tools, tools: [{tool}], limits: {{ turns: 1 }} }}")
    lines += ["admin_key: journeys-admin", "log: { format: json }"]
    return "\n".join(lines)


class Counting(Tools):
    """Knows what a second call of each class does; `during` falls amid an effect."""

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        with self.lock:
            self.calls.clear()
            self.effects.clear()
            self.done.clear()
        self.before = self.during = self.after = lambda path: None

    def answer(self, path: str, key: str, body: str) -> str:
        if path.startswith("/look"):
            return '{"status": "%s"}' % ("done" if self.effects["/queryable"] else "open")
        with self.lock:
            self.calls[path] += 1
        self.before(path)
        known = key if path == "/keyed" else path if path == "/idempotent" else ""
        with self.lock:
            if known not in self.done:
                self.during(path)
                self.effects[path] += 1
            if known:
                self.done[known] = path
        self.after(path)
        return '{"status": "done"}'


class Setup(NamedTuple):
    several: Replicas
    tools: Counting
    approver: str
    database: str


class Cell(NamedTuple):
    """What became of one run. `seconds` is from the kill, or the next start, to its being in doubt."""

    status: str
    calls: int
    effects: int
    seconds: float


@contextmanager
def setup(folder: Path, simulator: str, database: str, count: int) -> Iterator[Setup]:
    tools = Counting()
    with (
        tool_server(tools),
        replicas(folder, configuration(simulator, tools.url, database), count) as several,
    ):
        yield Setup(several, tools, several.new_key(tags={"approver": "people"}), database)


def cell(world: Setup, effect: str, when: str, kind: str, name: str) -> Cell:
    """One run with one kill."""
    several, tools = world.several, world.tools
    tools.reset()
    killed = several.plugged(when, kind) if kind != "effect" else killing(world, when)
    agent = f"{effect}-limited" if kind == "limit.reached" else effect
    body = {"agent": agent, "input": "Please use the tool."}
    made = several.request("POST", "/v1/runs", json=body, headers={"idempotency-key": name})
    run_id = made.json()["id"]
    several.until(run_id, "waiting", revive=True)
    approve(world, run_id)
    until(killed, f"nobody came to {when} {kind}", PATIENCE)
    died = time.monotonic()
    if len(several.all) == 1 and not several.all[0].alive:  # nobody else can take it over
        several.start(several.all[0])
        died = time.monotonic()
    status = several.until(run_id, *SETTLED)
    seconds = time.monotonic() - died if status == "in_doubt" else 0.0
    if (dead := several.dead()) is not None:
        several.start(dead)
    if status != "in_doubt":
        said = several.request("GET", f"/v1/runs/{run_id}/events").text
        for once in ("run.created", "approval.resolved", "run.finished"):
            assert said.count(f"event: {once}\n") == 1, said
    return Cell(status, tools.calls[f"/{effect}"], tools.effects[f"/{effect}"], seconds)


def killing(world: Setup, when: str) -> Callable[[], bool]:
    """Kill whoever drives the run around its tool's effect, which itself goes on; whether that was done."""
    killed = threading.Event()

    def kill(path: str) -> None:
        setattr(world.tools, when, lambda path: None)
        os.kill(asyncio.run(driver(world.database)), signal.SIGKILL)
        killed.set()
        time.sleep(0.05)

    setattr(world.tools, when, kill)
    return killed.is_set


async def driver(url: str) -> int:
    """The process that drives the one run that is driven."""
    database = open_database(url, deadline=20)
    try:
        [row] = await database.fetch(select(runs.c.worker).where(runs.c.status == "running"))
        return int(row.worker.split("-")[-2])
    finally:
        await database.close()


def approve(world: Setup, run_id: str) -> None:
    for each in world.several.request("GET", "/v1/approvals").json()["data"]:
        if each["run_id"] == run_id:
            way = f"/v1/runs/{run_id}/approvals/{each['id']}/approve"
            answer = world.several.request("POST", way, world.approver)
            assert answer.status_code in (200, 404, 409), answer.text  # the word was said before the kill


def judged(effect: str, when: str, kind: str, found: Cell) -> str:
    """What the cell of the table says; AssertionError where something was done twice or lost."""
    place = f"{effect}, {when} {kind}: {found}"
    if effect == "unsafe" and (when, kind) in DOUBTFUL:
        assert found.status == "in_doubt", place
        assert found.calls <= 1, place
        return "in doubt"
    assert found.status == ("incomplete" if kind == "limit.reached" else "completed"), place
    if effect == "read":
        assert found.calls >= 1, place
    else:
        assert found.effects == 1, place
    if effect == "unsafe":
        assert found.calls == 1, place
    return "once" if effect != "read" else "read"


@contextmanager
def a_database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/shared.db"
        return
    with postgres() as url:
        yield url


def walked(folder: Path, simulator: str, where: tuple[str, int], cells: list[tuple[str, str, str]]) -> None:
    """Every cell in one setup; what became of each is shown."""
    lines, doubts = [], []
    with a_database(where[0], folder) as url, setup(folder, simulator, url, where[1]) as world:
        for number, (effect, when, kind) in enumerate(cells):
            began = time.monotonic()
            found = cell(world, effect, when, kind, f"cell-{number}")
            said = judged(effect, when, kind, found)
            lines.append(f"{effect:12}{when:8}{kind:20}{said:10}{time.monotonic() - began:6.1f} s")
            if found.seconds:
                doubts.append(found.seconds)
    show(f"{where[0]}, {where[1]} gateways, {len(cells)} kills: none twice, none lost", *lines)
    if doubts:
        show(
            f"in doubt after {sorted(doubts)[len(doubts) // 2]:.2f} s (median), {max(doubts):.2f} s (longest)"
        )
        assert sorted(doubts)[len(doubts) // 2] < 1.0


FEW = [
    ("keyed", "before", "run.created"),
    ("keyed", "during", "effect"),
    ("unsafe", "after", "effect"),
    ("queryable", "before", "tool.completed"),
]


def test_a_run_survives_the_death_of_its_gateway_beside_others(tmp_path, simulator):
    walked(tmp_path, simulator.base_url, ("postgresql", 3), FEW)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("effect", EFFECTS)
def test_a_kill_at_every_point_does_nothing_twice_and_loses_nothing(
    tmp_path, simulator, effect, database, count
):
    walked(tmp_path, simulator.base_url, (database, count), [(effect, *point) for point in POINTS])
