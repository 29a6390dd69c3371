"""Runs during which a gateway is killed at one point, and the effects that are counted from outside.

Every run has the same course: the model asks for a tool, a person agrees, the tool is called, the model says
its last word. The tool server counts its own effects; rows and messages are counted where they lie.
"""

import asyncio
import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import select

from storage.engine import open_database
from storage.schema import runs
from tests.journeys.program import until
from tests.journeys.replicas import PATIENCE, Replicas, replicas
from tests.journeys.tool_server import Tools, tool_server
from tests.patience import Calm
from tests.storage.postgres import postgres
from tests.storage.redis_server import RedisServer, redis_server

SERVED = ("read", "idempotent", "keyed", "queryable", "unsafe")
# The class `transactional` has two kinds of tools: statements of a database, messages of a queue.
TOOLS = {name: f"desk/{name}" for name in SERVED} | {"transactional": "shop/book", "queued": "line/send"}
EFFECTS = tuple(TOOLS)
LASTING = ("transactional", "queued")  # what they did is counted where it lies
JOBS = {"keyed_job": "keyed", "unsafe_job": "unsafe"}  # which their server accepts, and does later
DATABASES = ("sqlite", "postgresql")
COUNTS = (1, 3)  # of gateways
# Of the contract's points those that this version writes, in the order in which a run comes to them.
KINDS = (
    "run.created",
    "summary.requested",
    "summary.completed",
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
TABLE = "CREATE TABLE effects (order_id TEXT)"
POINTS = (
    *((when, kind) for kind in KINDS[:9] for when in ("before", "after")),
    *((when, "effect") for when in ("before", "during", "after")),
    *((when, kind) for kind in KINDS[9:] for when in ("before", "after")),
)
# What an agent with a small window is told: most of it falls out before the model is asked.
ASKED = "Please use the tool."
MUCH = [{"role": "user", "content": f"{number}: {ASKED} {'It is urgent. ' * 20}"} for number in range(20)]
# Where the call may have gone out and its outcome is not written.
DOUBTFUL = (
    ("before", "tool.handle"),
    ("after", "tool.intent"),
    *((when, "effect") for when in ("before", "during", "after")),
)
# The limit is written together with the outcome of the call after which it is reached.
DOUBTFUL += (("before", "tool.completed"), ("before", "limit.reached"), ("before", "tool.handle"))
SETTLED = ("completed", "incomplete", "in_doubt", "failed", "cancelled")

TOOL = "{{ path: /{name}, effect: {name}, timeout: {timeout}, arguments: {order}{more} }}"
ORDER = '{type: object, properties: {order_id: {type: string, enum: ["A-7"]}}, required: [order_id]}'
TRANSACTIONAL = """\
  shop:
    kind: sql
    url: "{shop}"
    tools:
      book:
        effect: transactional
        statement: "INSERT INTO effects (order_id) VALUES (:order_id)"
        arguments: {order}
  line:
    kind: queue
    url: "{line}"
    tools: {{ send: {{ stream: effects, effect: transactional, arguments: {order} }} }}"""
LOOKUP = "reconcile: { tool: look, arguments: { order_id: order_id }, member: status, equals: done }"


class Stores(NamedTuple):
    """The gateways' database, and where tools have their effects: a database with a table, a queue."""

    database: str
    shop: str
    line: RedisServer


def configuration(simulator: str, tools: str, stores: Stores) -> str:
    lines = [
        "stores:",
        f'  database: "{stores.database}"',
        f'vendors: {{ sim: {{ kind: sim, base_url: "{simulator}" }} }}',
        "models: { tools: { targets: [sim/tools] }, brief: { targets: [sim/small] } }",
        "tool_servers:",
        "  desk:",
        f'    base_url: "{tools}"',
        '    private: ["127.0.0.0/8"]',
        "    tools:",
        f'      look: {{ method: GET, path: "/look/{{order_id}}", effect: read, arguments: {ORDER} }}',
    ]
    for name in SERVED:
        more = f", {LOOKUP}" if name == "queryable" else ""
        timeout = "2s" if name == "queryable" else "10s"
        lines.append("      " + name + ": " + TOOL.format(name=name, order=ORDER, more=more, timeout=timeout))
    for name, effect in JOBS.items():
        task = 'task: { path: "/jobs/{id}", every: 0.2s }'
        lines.append(f"      {name}: {{ path: /{name}, effect: {effect}, arguments: {ORDER}, {task} }}")
    lines.append(TRANSACTIONAL.format(shop=stores.shop, line=stores.line.url, order=ORDER))
    lines.append("agents:")
    for name, called in (TOOLS | {name: f"desk/{name}" for name in JOBS}).items():
        tool = f"{{ tool: {called}, approval: {{ group: people, ttl: 1h }} }}"
        lines.append(f"  {name}: {{ model: tools, tools: [{tool}] }}")
        lines.append(f"  {name}-plain: {{ model: tools, tools: [{called}] }}")
        window = "window: { tokens: 600, summary: brief }"
        lines.append(f"  {name}-long: {{ model: tools, tools: [{tool}], {window} }}")
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

    def status(self, path: str) -> int:
        return 202 if path.removeprefix("/") in JOBS else 200

    def answer(self, path: str, key: str, body: str) -> str:
        if path.startswith("/look"):
            return '{"status": "%s"}' % ("done" if self.effects["/queryable"] else "open")
        if path.startswith("/jobs/"):
            with self.lock:
                self.calls[path] += 1
            return '{"status": "%s"}' % ("running" if self.calls[path] < 3 else "done")
        with self.lock:
            self.calls[path] += 1
        self.before(path)
        known = key if path in ("/keyed", "/keyed_job") else path if path == "/idempotent" else ""
        with self.lock:
            if known not in self.done:
                self.during(path)
                self.effects[path] += 1
            if known:
                self.done[known] = path
        self.after(path)
        return json.dumps({"status": "done", "id": key[:12]})


class Setup(NamedTuple):
    several: Replicas
    tools: Counting
    approver: str
    stores: Stores


class Cell(NamedTuple):
    """What became of one run. `seconds`, those of `Calm`, go from the kill to its being in doubt; where
    nobody is left, from the moment at which the gateway is ready again."""

    status: str
    calls: int
    effects: int
    seconds: float


@contextmanager
def setup(folder: Path, simulator: str, kind: str, count: int) -> Iterator[Setup]:
    """So many gateways on a database of this kind, which tools' statements have one of too."""
    tools = Counting()
    with (
        replicas(folder, count) as several,
        tool_server(tools),
        redis_server(folder) as line,
        databases(kind, folder) as (database, shop),
    ):
        stores = Stores(database, shop, line)
        several.open(configuration(simulator, tools.url, stores))
        try:
            yield Setup(several, tools, several.new_key(tags={"approver": "people"}), stores)
        finally:
            several.kill()  # before what they are connected to


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """The gateways' own, and one with a table in which a statement has its effect."""
    if kind == "sqlite":
        with closing(sqlite3.connect(folder / "shop.db")) as connection:
            connection.execute(TABLE)
        yield f"sqlite:///{folder}/shared.db", f"sqlite:///{folder}/shop.db"
        return
    with postgres() as url:
        shop = url.rpartition("/")[0] + "/shop"
        asyncio.run(told(url, "CREATE DATABASE shop"))
        asyncio.run(told(shop, TABLE))
        yield url, shop


async def told(url: str, statement: str) -> Any:
    """The first value of what the PostgreSQL there answers."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def counted(world: Setup, effect: str) -> int:
    """How often it happened, by who saw it."""
    if effect == "queued":
        return int(world.stores.line.command("XLEN", "effects").removeprefix(b":"))
    if effect != "transactional":
        return world.tools.effects[f"/{effect}"]
    query = "SELECT count(*) FROM effects"
    if world.stores.shop.startswith("postgresql"):
        return int(asyncio.run(told(world.stores.shop, query)))
    with closing(sqlite3.connect(world.stores.shop.removeprefix("sqlite:///"))) as connection:
        return int(connection.execute(query).fetchone()[0])


def cell(world: Setup, effect: str, when: str, kind: str, name: str) -> Cell:
    """One run with one kill."""
    several, tools = world.several, world.tools
    tools.reset()
    before, pid = counted(world, effect), several.all[0].pid
    inside = kind != "effect" or effect in LASTING
    killed = several.plugged(when, kind) if inside else killing(world, when)
    long = kind.startswith("summary.")
    agent = f"{effect}-limited" if kind == "limit.reached" else f"{effect}-long" if long else effect
    body = {"agent": agent, "input": MUCH if long else ASKED}
    made = several.request("POST", "/v1/runs", json=body, headers={"idempotency-key": name})
    run_id = made.json()["id"]
    several.until(run_id, "waiting", revive=True)
    approve(world, run_id)
    until(killed, f"nobody came to {when} {kind}", PATIENCE)
    died = Calm()
    if len(several.all) == 1:  # nobody else can take it over
        [only] = several.all
        # A process is not gone at once; where a request found it gone it is another one already.
        until(lambda: only.pid != pid or not only.alive, "who was killed lives", PATIENCE)
        if not only.alive:
            several.start(only)
        died = only.ready_since
    status = several.until(run_id, *SETTLED)
    seconds = died.seconds() if status == "in_doubt" else 0.0
    if (dead := several.dead()) is not None:
        several.start(dead)
    if status != "in_doubt":
        said = several.request("GET", f"/v1/runs/{run_id}/events").text
        summed = ("summary.completed",) if long else ()
        for once in ("run.created", "approval.resolved", "run.finished", *summed):
            assert said.count(f"event: {once}\n") == 1, said
    return Cell(status, tools.calls[f"/{effect}"], counted(world, effect) - before, seconds)


def killing(world: Setup, when: str) -> Callable[[], bool]:
    """Kill whoever drives the run around its tool's effect, which itself goes on; whether that was done."""
    killed = threading.Event()

    def kill(path: str) -> None:
        setattr(world.tools, when, lambda path: None)
        os.kill(asyncio.run(driver(world.stores.database)), signal.SIGKILL)
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
            until(lambda way=way: said(world, way), "the word could not be said", PATIENCE)


def said(world: Setup, way: str) -> bool:
    """Whether an approver's word was taken, or had been before the kill; not where it is to be said again."""
    answer = world.several.request("POST", way, world.approver)
    assert answer.status_code in (200, 404, 409, 503), answer.text
    return answer.status_code != 503


def judged(effect: str, when: str, kind: str, found: Cell) -> str:
    """What the cell of the table says; AssertionError where something was done twice or lost."""
    place = f"{effect}, {when} {kind}: {found}"
    if effect in JOBS:
        if (when, kind) == ("after", "tool.handle"):
            assert found.calls == 1, place  # it is asked for, and not called again
            assert found.status == "completed", place
        effect = JOBS[effect]
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
