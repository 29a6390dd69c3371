"""A run is its events, of which `apply` adds one; there is no I/O in it, no clock and no chance."""

from collections.abc import Callable, Iterable
from enum import Enum

import msgspec
from msgspec.structs import replace

from agentloop import events as e
from agentloop.steps import Happening, IllegalMove, Step, StepState

_ENCODE = msgspec.json.Encoder().encode


class Phase(Enum):
    """What the run is about. `ENDED` is final."""

    NEW = "new"
    READY = "ready"  # the model is to be asked
    ASKING = "asking"  # it may have been
    ACTING = "acting"  # it asked for tools
    SAID = "said"  # it said its last word
    BROKEN = "broken"  # no model answered
    LIMITED = "limited"  # a limit was reached
    ENDED = "ended"


P = Phase

# Which event may come in which phase, and the phase after it. Events of one tool call leave the phase as it
# is: their own table is in `agentloop.steps`.
NEXT_PHASE: dict[tuple[Phase, type[msgspec.Struct]], Phase] = {
    (P.NEW, e.RunCreated): P.READY,
    (P.READY, e.ModelRequested): P.ASKING,
    (P.ACTING, e.ModelRequested): P.ASKING,
    (P.ASKING, e.ModelCompleted): P.ACTING,
    (P.ASKING, e.ModelFailed): P.BROKEN,
    (P.READY, e.LimitReached): P.LIMITED,
    (P.ACTING, e.LimitReached): P.LIMITED,
    **{
        (phase, kind): phase
        for phase in (P.ACTING, P.LIMITED)  # what was begun before the limit still comes to its end
        for kind in (
            e.PolicyDecided,
            e.ApprovalRequested,
            e.ApprovalEscalated,
            e.ApprovalResolved,
            e.ToolIntended,
            e.ToolUnknown,
            e.ToolAbandoned,
            e.ToolReconciled,
            e.ToolCompleted,
            e.ToolFailed,
            e.DoubtResolved,
        )
    },
    **{
        (phase, kind): phase
        for phase in (P.READY, P.ASKING, P.ACTING, P.SAID, P.BROKEN, P.LIMITED)
        for kind in (e.RunClaimed, e.RunPaused, e.RunResumed, e.CancelRequested)
    },
    **{(phase, e.RunFinished): P.ENDED for phase in (P.READY, P.ACTING, P.SAID, P.BROKEN, P.LIMITED)},
}


class Used(msgspec.Struct, frozen=True):
    """What the run has used of its limits; `errors` counts tool failures in a row."""

    tool_calls: int = 0
    tokens: int = 0
    cost: int = 0
    errors: int = 0


class Run(msgspec.Struct, frozen=True):
    """Everything that is known of a run after its first `seq` events.

    A struct, which `replace` copies in a thirtieth of the time that a dataclass takes: each event does twice.
    """

    id: str
    seq: int = 0
    phase: Phase = Phase.NEW
    agent: str = ""
    digest: str = ""
    definition: str = ""
    limits: e.Limits = e.Limits()
    items: tuple[e.Item, ...] = ()  # the conversation as the model is to see it
    turn: int = 0
    attempt: int = 0  # of this turn's model call
    steps: tuple[Step, ...] = ()  # this turn's tool calls
    calls: tuple[tuple[str, str], ...] = ()  # tool and argument hash of each call ever intended
    made: tuple[e.ToolCall, ...] = ()  # those calls, each once
    facts: tuple[e.Fact, ...] = ()  # the newest word of each thing
    who: e.Who = e.Who()
    used: Used = Used()
    said: str = ""
    fault: e.ModelFailed | None = None
    limit: e.LimitReached | None = None
    held: bool = False
    cancelling: bool = False
    ending: e.RunFinished | None = None

    def step(self, call_id: str) -> Step:
        """The tool call of this turn with that id. Raises IllegalMove."""
        for step in self.steps:
            if step.call.call_id == call_id:
                return step
        raise IllegalMove(f"run {self.id} has no tool call {call_id!r} in turn {self.turn}")


def replay(run_id: str, events: Iterable[e.Event]) -> Run:
    """The run after these events. Raises IllegalMove."""
    run = Run(run_id)
    for event in events:
        run = apply(run, event)
    return run


def apply(run: Run, event: e.Event) -> Run:
    """The run after one more event. Raises IllegalMove where it cannot follow."""
    phase = NEXT_PHASE.get((run.phase, type(event)))
    if phase is None:
        raise IllegalMove(f"run {run.id} is {run.phase.value}; the event {e.name_of(event)} cannot follow")
    rule: Callable[[Run, e.Event], Run] = _RULES[type(event)]
    return rule(replace(run, seq=run.seq + 1, phase=phase), event)


def conversation(run: Run) -> tuple[e.Item, ...]:
    """What a next run may go on with: no call in it is without an output, as vendors want it."""
    none = _error("cancelled", "This call was not made.")
    return run.items + tuple(e.Item(_output(step, "" if step.done else none)) for step in run.steps)


def _created(run: Run, event: e.RunCreated) -> Run:
    return replace(
        run,
        agent=event.agent,
        digest=event.digest,
        definition=event.definition,
        items=event.input,
        limits=event.limits,
        who=event.who,
    )


def _claimed(run: Run, event: e.RunClaimed) -> Run:
    """What was in the air is lost: the model is asked again, each tool by what its effect allows."""
    steps = tuple(step.lost() if step.state is StepState.INTENDED else step for step in run.steps)
    phase = run.phase
    if phase is Phase.ASKING:
        phase = Phase.READY
    return replace(run, steps=steps, phase=phase)


def _requested(run: Run, event: e.ModelRequested) -> Run:
    open_steps = [step.call.call_id for step in run.steps if not step.done]
    if open_steps:
        raise IllegalMove(f"run {run.id} cannot ask the model before {open_steps[0]} has an output")
    outputs = tuple(e.Item(_output(step)) for step in run.steps)
    return replace(
        run, items=run.items + outputs, steps=(), turn=event.turn, attempt=event.attempt, fault=None
    )


def _completed(run: Run, event: e.ModelCompleted) -> Run:
    used = run.used
    used = replace(used, tokens=used.tokens + event.tokens, cost=used.cost + event.cost)
    first = run.used.tool_calls + 1
    return replace(
        run,
        phase=Phase.ACTING if event.calls else Phase.SAID,
        items=run.items + event.items,
        steps=tuple(Step(call, first + place) for place, call in enumerate(event.calls)),
        said=event.text,
        used=used,
    )


def _model_failed(run: Run, event: e.ModelFailed) -> Run:
    return replace(run, fault=event)


def _decided(run: Run, event: e.PolicyDecided) -> Run:
    happening = {"allow": Happening.ALLOW, "deny": Happening.DENY, "ask": Happening.ASK}[event.verdict]
    step = run.step(event.call_id).moved(
        happening,
        effect=event.effect,
        arguments_sha256=event.arguments_sha256,
        group=event.group,
        expires_ms=event.expires_ms,
        next_group=event.next_group,
        next_ms=event.next_ms,
        output=event.message if event.verdict == "deny" else "",
    )
    return _with(run, step)


def _approval_requested(run: Run, event: e.ApprovalRequested) -> Run:
    return _with(run, run.step(event.call_id).moved(Happening.REQUESTED, approval_id=event.approval_id))


def _approval_escalated(run: Run, event: e.ApprovalEscalated) -> Run:
    step = run.step(event.call_id)
    if step.approval_id != event.approval_id:
        raise IllegalMove(f"the approval {event.approval_id} is not the one that {event.call_id} waits for")
    changes = {"group": event.group, "expires_ms": event.expires_ms, "next_group": "", "next_ms": 0}
    return _with(run, step.moved(Happening.ESCALATED, **changes))


def _approval_resolved(run: Run, event: e.ApprovalResolved) -> Run:
    step = run.step(event.call_id)
    if step.approval_id != event.approval_id:
        raise IllegalMove(f"the approval {event.approval_id} is not the one that {event.call_id} waits for")
    if event.decision == "approved":
        return _with(run, step.moved(Happening.APPROVED, approved_by=event.by))
    output = _error("approval_denied", event.reason or "A person refused this call.")
    return _with(run, step.moved(Happening.REFUSED, output=output))


def _intended(run: Run, event: e.ToolIntended) -> Run:
    step = run.step(event.call_id).moved(Happening.INTENT, key=event.key, attempt=event.attempt)
    run = _with(run, step)
    if event.attempt > 1:
        return run
    used = replace(run.used, tool_calls=run.used.tool_calls + 1)
    calls = (*run.calls, (step.call.tool, step.arguments_sha256))
    return replace(run, used=used, calls=calls, made=(*run.made, step.call))


def _unknown(run: Run, event: e.ToolUnknown) -> Run:
    step = run.step(event.call_id)
    if step.state is StepState.UNKNOWN:  # the look-up gave no answer either
        return _with(run, step.moved(Happening.LOST_UNSAFE))
    return _with(run, step.lost())


def _abandoned(run: Run, event: e.ToolAbandoned) -> Run:
    step = run.step(event.call_id)
    if step.effect != "read":
        return _with(run, step.moved(Happening.LOST_UNSAFE))
    output = _error("unavailable", event.message)
    run = _with(run, step.moved(Happening.GIVEN_UP, output=output))
    return replace(run, used=replace(run.used, errors=run.used.errors + 1))


def _reconciled(run: Run, event: e.ToolReconciled) -> Run:
    happening = Happening.FOUND if event.happened else Happening.NOT_FOUND
    return _with(run, run.step(event.call_id).moved(happening, output=event.output))


def _tool_completed(run: Run, event: e.ToolCompleted) -> Run:
    run = _with(run, run.step(event.call_id).moved(Happening.DONE, output=event.output))
    if (fact := event.fact) is not None:
        others = tuple(each for each in run.facts if (each.key, each.of) != (fact.key, fact.of))
        run = replace(run, facts=(*others, fact))
    return replace(run, used=replace(run.used, errors=0))


def _tool_failed(run: Run, event: e.ToolFailed) -> Run:
    output = _error(event.code, event.message)
    run = _with(run, run.step(event.call_id).moved(Happening.FAILED, output=output))
    return replace(run, used=replace(run.used, errors=run.used.errors + 1))


def _doubt_resolved(run: Run, event: e.DoubtResolved) -> Run:
    step = run.step(event.call_id)
    if event.resolution == "retry":
        return _with(run, step.moved(Happening.RETRY))
    if event.resolution == "confirm_done":
        return _with(run, step.moved(Happening.CONFIRMED, output=event.output))
    output = event.output or _error("tool_error", "It is not known to have happened.")
    return _with(run, step.moved(Happening.GIVEN_UP, output=output))


def _paused(run: Run, event: e.RunPaused) -> Run:
    return replace(run, held=True)


def _resumed(run: Run, event: e.RunResumed) -> Run:
    return replace(run, held=False)


def _cancelling(run: Run, event: e.CancelRequested) -> Run:
    return replace(run, cancelling=True)


def _limited(run: Run, event: e.LimitReached) -> Run:
    return replace(run, limit=event)


def _finished(run: Run, event: e.RunFinished) -> Run:
    return replace(run, ending=event)


def _with(run: Run, step: Step) -> Run:
    steps = tuple(step if each.call.call_id == step.call.call_id else each for each in run.steps)
    return replace(run, steps=steps)


def _output(step: Step, instead: str = "") -> str:
    item = {"type": "function_call_output", "call_id": step.call.call_id, "output": instead or step.output}
    return _ENCODE(item).decode()


def _error(code: str, message: str) -> str:
    return _ENCODE({"error": {"code": code, "message": message}}).decode()


_RULES: dict[type[msgspec.Struct], Callable[..., Run]] = {
    e.RunCreated: _created,
    e.RunClaimed: _claimed,
    e.ModelRequested: _requested,
    e.ModelCompleted: _completed,
    e.ModelFailed: _model_failed,
    e.PolicyDecided: _decided,
    e.ApprovalRequested: _approval_requested,
    e.ApprovalEscalated: _approval_escalated,
    e.ApprovalResolved: _approval_resolved,
    e.ToolIntended: _intended,
    e.ToolUnknown: _unknown,
    e.ToolAbandoned: _abandoned,
    e.ToolReconciled: _reconciled,
    e.ToolCompleted: _tool_completed,
    e.ToolFailed: _tool_failed,
    e.DoubtResolved: _doubt_resolved,
    e.RunPaused: _paused,
    e.RunResumed: _resumed,
    e.CancelRequested: _cancelling,
    e.LimitReached: _limited,
    e.RunFinished: _finished,
}
