"""Drives a run: replays its journal, executes its commands, records the results."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from agentloop import commands as c
from agentloop import events as e
from agentloop.agents import AgentVersion, read
from agentloop.children import born, told
from agentloop.choke import Case, Door, refused_by_switch
from agentloop.deciding import decision
from agentloop.facts import stated
from agentloop.handing import overdue
from agentloop.hands import Models, Stops, Tools
from agentloop.journal import RUNNING, Journal, Kin, Overtaken, RunRecord, Standing
from agentloop.repeating import of_all
from agentloop.run import Run, apply, replay
from agentloop.state import GOING, WALL
from agentloop.steps import IllegalMove, StepState
from agentloop.words import recalled, timed_out

# Outside effects stay true whatever others appended meanwhile; decisions are made again.
_FACTS = (
    e.ModelCompleted,
    e.ModelFailed,
    e.SummaryCompleted,
    e.SummaryFailed,
    e.ToolCompleted,
    e.ToolFailed,
    e.ToolUnderway,
    e.ToolUnknown,
    e.ToolReconciled,
    e.ChildRecalled,
)
# Compared by `type`: on a mismatch that takes a seventh of the time of `isinstance`.
_OUTSIDE = frozenset([c.AskModel, c.SumUp, c.RunTools, c.Reconcile, c.Recall])
_BEGINNING = frozenset([c.RequestModel, c.RequestSummary, c.Judge, c.Intend, c.HandOut])
_RESTING = {
    "approval": "waiting",
    "tool_output": "waiting",
    "budget": "waiting",
    "capacity": "waiting",
    "task": "waiting",
    "child": "waiting",
    "in_doubt": "in_doubt",
    "paused": "paused",
}


@dataclass(slots=True)
class _Drive:
    """A run being driven: `run` includes the events in `unwritten`, which are still to be appended."""

    record: RunRecord
    run: Run
    agent: AgentVersion
    unwritten: list[e.Event] = field(default_factory=list)
    children: list[tuple[RunRecord, e.RunCreated]] = field(default_factory=list)  # created with `unwritten`

    def note(self, event: e.Event) -> None:
        self.run = apply(self.run, event)
        self.unwritten.append(event)
        if type(event) is e.ChildStarted:
            self.children.append(born(self.record, self.run, self.run.step(event.call_id), self.agent))
        elif type(event) is e.HandedOff:
            self.agent = read(event.definition)

    def kin(self) -> tuple[Kin, ...]:
        """What the same append writes for related runs: children, and the result for the parent."""
        word = told(self.run)
        above = self.run.parent.run_id if self.run.parent is not None else ""
        return (Kin(tuple(self.children), word, above),) if self.children or word is not None else ()


class Driver:
    """Drives runs; one per process, any number of runs at once."""

    def __init__(
        self,
        journal: Journal,
        door: Door,
        hands: tuple[Models, Tools],
        clock: Callable[[], float],
        stops: Stops | None = None,
    ) -> None:
        """`clock` returns Unix seconds; `stops` are the kill switches."""
        self._journal = journal
        self._door = door
        self._models, self._tools = hands
        self._clock = clock
        self._stops = stops
        self._leaving = False

    def leave(self) -> None:
        """Start nothing new: runs are released for other workers once none of their calls is in flight."""
        self._leaving = True

    async def drive(self, held: RunRecord) -> RunRecord:
        """Drive until the run rests; its record then. Raises StoreError; Fenced if another worker took it."""
        run = replay(held.id, await self._journal.events(held.id))
        drive = _Drive(held, run, read(run.definition))
        self._expire(drive)
        while True:
            command = c.decide(drive.run)
            if drive.run.limits.wall and type(command) not in _OUTSIDE and self._late(drive):
                continue
            rests = type(command) is c.Rest or self._leaving
            if rests and (standing := self._standing(drive, command)) is not None:
                if await self._write(drive, standing):
                    return drive.record
            elif type(command) in _OUTSIDE:
                # Append first: the journal must show that an outside effect was begun.
                if await self._write(drive):
                    await self._do(drive, command)
            else:
                if type(command) is c.Judge and (first := self._unseen(drive, command)) is not None:
                    await first
                now_ms = int(self._clock() * 1000)
                told = self._stopped(drive, command)
                if told is None and type(command) is c.Judge:
                    told = await self._judged(drive, command.call_id, now_ms)
                drive.note(told or decision(drive.run, command, drive.agent, self._door, now_ms))

    async def _judged(self, drive: _Drive, call_id: str, now_ms: int) -> e.Event | None:
        """The checkpoint's verdict if it needs guards or other runs; None if the run alone decides."""
        door = self._door
        if door.guards is None and door.past is None:
            return None
        case = Case(drive.run, drive.run.step(call_id), drive.agent)
        if door.guards is not None and door.guards.standing(case):
            door = replace(door, warned=await door.guards.warned(case))
        if door.past is not None and door.past.needed(drive.agent):
            return await door.past.judged(door, case, now_ms)
        return None if door is self._door else door.decide_tool(case.run, case.step, case.agent, now_ms)

    def _stopped(self, drive: _Drive, command: c.Command) -> e.Event | None:
        """The event that a kill switch puts in place of a command that would start something new, or None."""
        if self._stops is None or type(command) not in _BEGINNING:
            return None
        line = drive.run.parent.line if drive.run.parent is not None else ()
        switch = self._stops.holding(drive.record, drive.agent, line)
        if switch is None and isinstance(command, c.RequestSummary):
            switch = self._stops.refusing_model(drive.run.limits.summary)
        if switch is None and isinstance(command, c.Judge | c.Intend | c.HandOut):
            tool = drive.agent.tool(drive.run.step(command.call_id).call.tool)
            switch = self._stops.refusing(tool.name) if tool is not None else None
            if switch is not None and isinstance(command, c.Judge):
                return refused_by_switch(command.call_id, switch.shown)
        return None if switch is None else e.RunPaused(f"switch {switch.shown}"[:64], switch.reason)

    def _unseen(self, drive: _Drive, command: c.Judge) -> Awaitable[object] | None:
        """A pending first contact with the tool's server, needed before the call can be judged, or None."""
        looked = self._door.looked
        tool = None if looked is None else drive.agent.tool(drive.run.step(command.call_id).call.tool)
        return None if looked is None or tool is None else looked(tool)

    def _standing(self, drive: _Drive, command: c.Command) -> Standing | None:
        """The Standing with which the run is released before this command; None if it is not."""
        if isinstance(command, c.Rest):
            return _at_rest(drive.run, command, _ends_ms(drive))
        leaves = self._leaving and type(command) in _BEGINNING and not _in_air(drive.run)
        return Standing("queued") if leaves else None

    def _late(self, drive: _Drive) -> bool:
        """Whether the run's wall time is used up; if so, the event is noted."""
        until_ms, now = _ends_ms(drive), self._clock()
        late = 0 < until_ms <= now * 1000
        if late:
            taken = int(now) - drive.record.created_ms // 1000
            drive.note(e.LimitReached(WALL, taken, drive.run.limits.wall))
        return late

    def _expire(self, drive: _Drive) -> None:
        """Note the timeouts of everything that waits for people or the client and is overdue."""
        now_ms = int(self._clock() * 1000)
        over = drive.run.over
        if over is not None and over.expires_ms <= now_ms and not drive.run.held:
            drive.note(e.LimitReached(over.limit, over.used, over.allowed))
        for step in drive.run.steps:
            if step.state is StepState.AWAITING and step.expires_ms <= now_ms:
                drive.note(timed_out(step, now_ms))
        if (late := overdue(drive.run, now_ms)) is not None:
            drive.note(late)

    async def _do(self, drive: _Drive, command: c.Command) -> None:
        if type(command) is c.AskModel:
            drive.note(await self._models.ask(drive.record, drive.agent, command))
        elif type(command) is c.RunTools:
            if len(command.call_ids) == 1:
                drive.note(await self._call(drive, command.call_ids[0]))
            else:
                await self._call_all(drive, command.call_ids)
        elif type(command) is c.SumUp:
            drive.note(await self._models.sum_up(drive.record, command))
        elif type(command) is c.Recall:
            drive.note(await recalled(self._journal, command, drive.run.id))
        elif type(command) is c.Reconcile:
            step = drive.run.step(command.call_id)
            drive.note(await self._tools.reconcile(drive.record, drive.agent, step))

    async def _call(self, drive: _Drive, call_id: str) -> e.Event:
        step = drive.run.step(call_id)
        tool = drive.agent.tool(step.call.tool)
        if tool is None:
            raise IllegalMove(f"run {drive.run.id} calls {step.call.tool!r}, which its agent does not have")
        return stated(tool, step, of_all(step, await self._tools.call(drive.record, tool, step)))

    async def _call_all(self, drive: _Drive, call_ids: Sequence[str]) -> None:
        """Run the calls concurrently; each outcome is written as it arrives, independent of the others."""
        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(self._call(drive, call_id)) for call_id in call_ids]
            for done in asyncio.as_completed(calls):
                drive.note(await done)
                await self._write(drive)

    async def _write(self, drive: _Drive, standing: Standing = RUNNING) -> bool:
        """Append the unwritten events. False if others appended first: the caller must decide again."""
        whole = True
        while True:
            try:
                drive.record = await self._journal.append(
                    drive.record, drive.unwritten, standing, *drive.kin()
                )
            except Overtaken:
                await self._catch_up(drive)
                standing, whole = RUNNING, False
            else:
                drive.unwritten.clear()
                drive.children.clear()
                return whole

    async def _catch_up(self, drive: _Drive) -> None:
        """Apply the events of others, then those of our own that remain true."""
        events = await self._journal.events(drive.record.id)
        facts = [event for event in drive.unwritten if isinstance(event, _FACTS)]
        drive.record = msgspec.structs.replace(drive.record, head=len(events))
        drive.run, drive.unwritten, drive.children = replay(drive.record.id, events), [], []
        drive.agent = read(drive.run.definition)
        for fact in facts:
            try:
                drive.note(fact)
            except IllegalMove:
                continue  # an operator has resolved it already


def _in_air(run: Run) -> bool:
    """Whether a call is journaled as intended but not yet made; others must assume that it was."""
    return any(step.state is StepState.INTENDED and not step.wake_ms for step in run.steps)


def _ends_ms(drive: _Drive) -> int:
    """When the run's wall time ends, in Unix ms; 0 if it has no limit or would start nothing anyway."""
    run = drive.run
    ends = run.limits.wall and run.phase in GOING and not (run.held or run.cancelling)
    return drive.record.created_ms + run.limits.wall * 1000 if ends else 0


def _at_rest(run: Run, command: c.Rest, until_ms: int = 0) -> Standing:
    if run.ending is not None:
        return Standing(run.ending.status, run.ending.reason)
    asked = (StepState.AWAITING, StepState.HANDED)
    waiting = [until_ms] if until_ms else []
    waiting += [step.expires_ms for step in run.steps if step.state in asked]
    waiting += [step.wake_ms for step in run.steps if step.wake_ms and not step.done]
    if run.over is not None and command.why == "budget":
        waiting.append(run.over.expires_ms)
    if run.fault is not None and command.why == "capacity":
        waiting.append(run.fault.again_ms)
    return Standing(_RESTING[command.why], command.why, min(waiting, default=0))
