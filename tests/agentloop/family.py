"""Agents that ask each other, driven over a real journal by models that follow a script."""

import asyncio
import json
from collections import Counter

from agentloop import events as e
from agentloop.agents import AGENT, HANDOFF, AgentVersion, ToolVersion, digest, written
from agentloop.choke import Door
from agentloop.driver import Driver
from agentloop.journal import Journal, RunRecord
from tests.ledger.world import Clock

LOOK = ToolVersion("desk/look", "fake", "", {"type": "object"}, "read")
DOOR = Door(lambda schema, value: None)


def agent(name: str, *others: AgentVersion, handoffs: tuple[AgentVersion, ...] = (), **limits: int):
    tools = [LOOK]
    tools += [_tool("agents", AGENT, other) for other in others]
    tools += [_tool("handoffs", HANDOFF, other) for other in handoffs]
    return AgentVersion(name, "fast", "", tuple(tools), e.Limits(**limits))


def _tool(kind: str, runs: str, other: AgentVersion) -> ToolVersion:
    settings = {"definition": written(other), "input": "text"}
    return ToolVersion(
        f"{kind}/{other.name}", runs, "", {"type": "object"}, "transactional", settings=settings
    )


class Killed(BaseException):
    """The process is gone."""


class Family:
    """`script` has for each agent the tools that its turns ask for; the turn after the last says goodbye."""

    def __init__(self, database, script: dict[str, list[tuple[str, ...]]]) -> None:
        self.clock = Clock()
        self.journal = Journal(database, self.clock)
        self.script = script
        self.asked: Counter[tuple[str, int]] = Counter()
        self.danger = lambda: None
        self.looked = 0

    async def begin(self, root: AgentVersion, run_id: str = "run_1") -> None:
        record = RunRecord(run_id, "support", "key_1", root.name, digest(root))
        created = e.RunCreated(root.name, digest(root), (e.Item("{}"),), root.limits, written(root))
        await self.journal.create(record, created)

    async def ask(self, record, agent, command):
        if command.room < 5:  # what each call costs here
            return e.LimitReached("cost", command.allowed - command.room, command.allowed)
        self.asked[record.id, command.turn] += 1
        turns = self.script.get(agent.name, [])
        names = turns[command.turn - 1] if command.turn <= len(turns) else ()
        calls = tuple(
            e.ToolCall(f"c{command.turn}_{at}", name.replace("/", "__"), json.dumps({"input": f"{at}"}))
            for at, name in enumerate(names)
        )
        self.danger()
        return e.ModelCompleted((), calls, f"{agent.name} {command.turn}", 10, 5)

    async def call(self, record, tool, step):
        self.looked += 1
        self.danger()
        return e.ToolCompleted(step.call.call_id, "seen")

    async def reconcile(self, record, agent, step):
        raise AssertionError("nothing here is looked up")

    def driver(self, stops=None) -> Driver:
        return Driver(self.journal, DOOR, (self, self), self.clock, stops)

    async def round(self, at_once: int = 8) -> int:
        """Drive what is due, all of it at the same time; how many runs that were."""
        held = await self.journal.claim_some("w", 10, at_once)
        await asyncio.gather(*(self.driver().drive(each) for each in held))
        return len(held)

    async def settle(self, at_once: int = 8) -> None:
        while await self.round(at_once):
            pass

    async def until_settled(self) -> int:
        """As `settle`, through every death of the process; how many there were."""
        deaths = 0
        while True:
            try:
                if held := await self.journal.claim("w", 10):
                    await self.driver().drive(held)
                else:
                    return deaths
            except Killed:
                deaths += 1
                self.clock.now += 11

    async def runs(self):
        return {record.id: record for record in await self.journal.listed(None, None, 1000)}
