"""Replays a run from its journal: proves the same decisions, or shows the first difference.

Nothing here can reach a model or a tool: answers come from the journal, and no clients are passed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import msgspec

from agentloop import commands as c
from agentloop import events as e
from agentloop.agents import AgentVersion, digest, read, written
from agentloop.choke import OUTSIDE, Door
from agentloop.deciding import decision
from agentloop.journal import Entry
from agentloop.run import Run, apply
from agentloop.state import WALL
from agentloop.steps import IllegalMove

# Which events may answer which command; other events that are no decisions come from people and workers.
_ANSWERS: dict[type[msgspec.Struct], tuple[type[msgspec.Struct], ...]] = {
    c.AskModel: (e.ModelCompleted, e.ModelFailed, e.LimitReached),
    c.SumUp: (e.SummaryCompleted, e.SummaryFailed),
    c.RunTools: (e.ToolCompleted, e.ToolFailed, e.ToolUnderway, e.ToolUnknown),
    c.Reconcile: (e.ToolReconciled, e.ToolUnknown),
    c.Recall: (e.ChildRecalled,),
}
_ANSWERED = tuple({kind for kinds in _ANSWERS.values() for kind in kinds})
_SAID = (
    e.RunClaimed,
    e.ApprovalEscalated,
    e.ApprovalResolved,
    e.DoubtResolved,
    e.RunPaused,
    e.RunResumed,
    e.CancelRequested,
    e.ChildEnded,
    e.BudgetRaised,
    e.ToolsAnswered,
)


class Difference(msgspec.Struct, frozen=True):
    """The first point where journal and replay diverge: event number, the recorded and the replayed event."""

    seq: int
    recorded: str
    replayed: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result of a replay.

    `digests` has a command's digest per event after the first. `changed` names what a new version changes
    in the request to the model, first sent at event `asked`; the answers still come from the journal.
    """

    digests: tuple[str, ...]
    difference: Difference | None
    changed: tuple[str, ...] = ()
    asked: int | None = None

    @property
    def digest(self) -> str:
        """The digest of all commands together."""
        return sha256("".join(self.digests).encode()).hexdigest()


def replayed(run_id: str, entries: Sequence[Entry], door: Door, new: AgentVersion | None = None) -> Replayed:
    """Replays the run with the version it is pinned to, or with a `new` one. Raises IllegalMove."""
    begun = entries[0].event
    if not isinstance(begun, e.RunCreated):
        raise IllegalMove(f"the journal of {run_id} does not begin with its creation")
    old = read(begun.definition)
    agent = new or old
    if (broken := _broken(begun, entries)) is not None:
        return Replayed((), broken)
    if new is not None:
        begun = msgspec.structs.replace(begun, digest=digest(new), limits=new.limits, definition=written(new))
    run = apply(Run(run_id), begun)
    digests: list[str] = []
    difference = None
    for entry in entries[1:]:
        command = c.decide(run)
        digests.append(c.digest(command))
        difference = _parted(run, command, entry, agent, door)
        if difference is not None:
            break
        try:
            run = apply(run, entry.event)
            if isinstance(entry.event, e.HandedOff) and new is None:
                agent = read(run.definition)
        except IllegalMove as error:
            difference = Difference(entry.seq, shown(entry.event), str(error))
            break
    last = entries[-1].seq if difference is None else difference.seq
    changed = _changed(old, new or old)
    asked = [each.seq for each in entries if isinstance(each.event, e.ModelRequested) and each.seq <= last]
    return Replayed(tuple(digests), difference, changed, asked[0] if changed and asked else None)


def _broken(begun: e.RunCreated, entries: Sequence[Entry]) -> Difference | None:
    """A difference if an event is missing, or the stored definition does not match the pinned digest."""
    for number, entry in enumerate(entries):
        if entry.seq != number:
            return Difference(number, "nothing", f"the event {number}: it is missing")
    pinned = "sha256:" + sha256(begun.definition.encode()).hexdigest()
    if begun.digest != pinned:
        return Difference(0, f"an agent whose digest is said to be {begun.digest}", f"its digest is {pinned}")
    return None


def _parted(run: Run, command: c.Command, entry: Entry, agent: AgentVersion, door: Door) -> Difference | None:
    event = entry.event
    # Decided by the clock or a person, not by the run.
    over = isinstance(event, e.LimitReached) and (run.over is not None or event.limit == WALL)
    if isinstance(event, _SAID) or _switched(event) or over:
        return None
    if isinstance(event, _ANSWERED) and not isinstance(command, c.NoteLimit | c.TakeWord):
        asked = _ANSWERS.get(type(command), ())
        # A worker believed dead may still report its result.
        late = isinstance(command, c.Rest) and command.why == "in_doubt"
        # So may a summary that is in flight while the run is ended or paused.
        late = late or run.summary.open and isinstance(event, _ANSWERS[c.SumUp])
        if isinstance(event, asked) or late:
            return None
        return Difference(entry.seq, shown(event), shown_command(command))
    if isinstance(command, (*_ANSWERS, c.Rest)):
        return Difference(entry.seq, shown(event), shown_command(command))
    if isinstance(event, e.PolicyDecided) and (event.counted or event.warned):
        # Counts over other runs and guards' warnings are inputs; like answers, they come from the journal.
        door = replace(door, counted=event.counted, warned=event.warned)
    again = decision(run, command, agent, door, entry.at_ms)
    if isinstance(again, e.PolicyDecided) and isinstance(event, e.PolicyDecided):
        # The decision was made slightly before it was written: only the expiry differs, so use the journal's.
        expires = event.expires_ms if again.expires_ms else 0
        again = msgspec.structs.replace(again, expires_ms=expires)
    timed = e.BudgetAsked | e.ToolHanded
    if isinstance(again, timed) and isinstance(event, timed):
        again = msgspec.structs.replace(again, expires_ms=event.expires_ms)
    return None if again == event else Difference(entry.seq, shown(event), shown(again))


def _switched(event: e.Event) -> bool:
    """Whether an operator's switch or a pin decided, which the run cannot reproduce."""
    return isinstance(event, e.PolicyDecided) and event.rules[:1] != () and event.rules[0].startswith(OUTSIDE)


def shown(event: e.Event) -> str:
    """An event as one line of text."""
    return f"{e.name_of(event)} {e.encode(event).decode()}"


def shown_command(command: c.Command) -> str:
    """A command as one line of text, without the conversation it may contain."""
    if isinstance(command, c.AskModel):
        command = c.AskModel(command.turn, command.attempt, ())
    elif isinstance(command, c.SumUp):
        command = c.SumUp(command.through, command.attempt, command.model)
    return e.encode(command).decode()


def _changed(old: AgentVersion, new: AgentVersion) -> tuple[str, ...]:
    asked = ("model", "instructions", "parameters")
    changed = [name for name in asked if getattr(old, name) != getattr(new, name)]
    if [_offered(tool) for tool in old.tools] != [_offered(tool) for tool in new.tools]:
        changed.append("tools")
    return tuple(changed)


def _offered(tool: object) -> object:
    return tuple(getattr(tool, name) for name in ("name", "description", "parameters"))
