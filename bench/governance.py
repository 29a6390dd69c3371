"""What an agent's tool call costs besides the tool itself: its schema, the policy, two commits."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field, replace
from statistics import quantiles
from typing import Any

import asyncpg
import pytest
import uvloop

from agentloop import events as e
from agentloop.agents import AgentVersion, ToolVersion, digest, written
from agentloop.commands import AskModel, SumUp
from agentloop.driver import Driver
from agentloop.journal import Journal, RunRecord
from agentloop.policy import History, Rule
from agentloop.steps import Step
from gateway.agents.fitting import door
from storage.engine import open_database
from storage.ready import ensure_schema
from tests.storage.postgres import postgres_server

_TURNS = 10  # tool calls of one run
_WARM_UP = 20  # uncounted runs

_SCHEMA = {
    "type": "object",
    "properties": {"order_id": {"type": "string", "pattern": "^A-[0-9]+$"}, "amount": {"type": "number"}},
    "required": ["order_id", "amount"],
    "additionalProperties": False,
}
_TOOL = ToolVersion("desk/refund", "none", "Refund an order.", _SCHEMA, "keyed")
_RULES = (
    Rule("desk", "permit", ("desk/*",)),
    Rule("small", "forbid", ("desk/refund",), when="args.amount > 1000.0"),
    Rule("once", "forbid", ("desk/refund",), history=History(("desk/refund",), ("order_id",), 1)),
)
_AGENT = AgentVersion("desk", "none", "Refund.", (_TOOL,), e.Limits(turns=_TURNS + 1), rules=_RULES)


@dataclass(slots=True)
class Taken:
    """`seconds` of each tool step and of two `bare` commits beside it; CPU time of one step."""

    seconds: list[float]
    bare: list[float]
    cpu: float = 0.0


@dataclass(slots=True)
class Hands:
    """A model and a tool that answer at once; `seconds` is the time between them, per tool step."""

    seconds: list[float] = field(default_factory=list)
    _answered: float = 0.0
    _before: float = 0.0
    _done: float = 0.0

    async def ask(self, record: RunRecord, agent: AgentVersion, command: AskModel) -> e.ModelCompleted:
        """Calls the tool, and finally answers."""
        if self._done:
            self.seconds.append(self._before + time.perf_counter() - self._done)
        self._done = 0.0
        calls: tuple[e.ToolCall, ...] = ()
        if command.turn <= _TURNS:
            arguments = f'{{"order_id":"A-{command.turn}","amount":12.5}}'
            calls = (e.ToolCall(f"call_{command.turn}", "desk__refund", arguments),)
        self._answered = time.perf_counter()
        return e.ModelCompleted((), calls, "", 10, 0)

    async def sum_up(self, record: RunRecord, command: SumUp) -> e.SummaryFailed:
        """Never called: conversations stay short."""
        raise NotImplementedError

    async def call(self, record: RunRecord, tool: ToolVersion, step: Step) -> e.Event:
        """Succeeds at once."""
        self._before = time.perf_counter() - self._answered
        self._done = time.perf_counter()
        return e.ToolCompleted(step.call.call_id, '{"status":"refunded"}')

    async def reconcile(self, record: RunRecord, agent: AgentVersion, step: Step) -> e.Event:
        """Never called: no call is lost."""
        raise NotImplementedError


def measured(steps: int) -> str:
    """The lines to print, for consecutive steps: with a database that flushes each commit, and without."""
    try:
        with postgres_server() as server:
            lazy = _run(server.url, steps)
            server.stop()
            eager = replace(server, options=server.options.replace("-c fsync=off", ""))
            eager.start()
            lines = [said("flushed", _run(server.url, steps)), said("not flushed", lazy)]
    except pytest.skip.Exception as reason:
        return f"tool_step: not measured, because {reason}"
    return "\n".join(lines)


def said(how: str, taken: Taken) -> str:
    """Median and 99th percentile as text."""
    step, bare = quantiles(taken.seconds, n=100), quantiles(taken.bare, n=100)
    return (
        f"tool_step, {how}: {len(taken.seconds)} steps beside model and tool: p50 {step[49] * 1000:.2f} ms "
        f"(goal 2), p99 {step[98] * 1000:.2f} ms (goal 6); two bare commits in turns with them: p50 "
        f"{bare[49] * 1000:.2f} ms, p99 {bare[98] * 1000:.2f} ms; processor time {taken.cpu * 1000:.2f} ms"
    )


def _run(url: str, steps: int) -> Taken:
    """Runs on the event loop that the gateway uses."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_steps(url, steps))


async def _steps(url: str, steps: int) -> Taken:
    database = open_database(url, deadline=30.0)
    bare = await asyncpg.connect(url)
    try:
        await ensure_schema(database)
        await bare.execute("CREATE TABLE IF NOT EXISTS bare (at double precision)")
        hands, taken = Hands(), Taken([], [])
        journal = Journal(database, _unix_seconds)
        journal.expect(1)  # as a worker does that drives one run
        driver = Driver(journal, door(), (hands, hands), _unix_seconds)
        created = e.RunCreated(_AGENT.name, digest(_AGENT), (), _AGENT.limits, written(_AGENT))
        runs = -(-steps // _TURNS)
        for number in range(-_WARM_UP, runs):
            name = f"run_{secrets.token_hex(8)}"
            await journal.create(RunRecord(name, "bench", "key", "desk", created.digest), created)
            held = await journal.claim("bench", 600)
            assert held is not None
            hands.seconds.clear()
            began = time.process_time()
            await driver.drive(held)
            spent = time.process_time() - began
            if number >= 0:
                taken.cpu += spent / _TURNS / runs
                taken.seconds += hands.seconds
                taken.bare += [await _two(bare) for _ in range(_TURNS)]
        return taken
    finally:
        await bare.close()
        await database.close()


async def _two(connection: Any) -> float:
    began = time.perf_counter()
    for _ in range(2):
        await connection.execute("INSERT INTO bare VALUES ($1)", began)
    return time.perf_counter() - began


def _unix_seconds() -> float:
    return time.clock_gettime(time.CLOCK_REALTIME)
