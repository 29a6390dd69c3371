"""A run is the fold of its events: `apply` adds one, without I/O, clock or randomness."""

from collections.abc import Callable, Iterable

import msgspec
from msgspec.structs import replace

from agentloop import events as e
from agentloop.state import NEXT_PHASE, Place, Summary, results
from agentloop.state import Phase as Phase
from agentloop.state import Run as Run
from agentloop.state import Used as Used
from agentloop.steps import Happening, IllegalMove, Step, StepState
from agentloop.values import UNLISTED

_ENCODE = msgspec.json.Encoder().encode


def replay(run_id: str, events: Iterable[e.Event]) -> Run:
    """The run after these events. Raises IllegalMove."""
    run = Run(run_id)
    for event in events:
        run = apply(run, event)
    return run


def apply(run: Run, event: e.Event) -> Run:
    """The run after one more event. Raises IllegalMove if the event cannot follow."""
    phase = NEXT_PHASE.get((run.phase, type(event)))
    if phase is None:
        raise IllegalMove(f"run {run.id} is {run.phase.value}; the event {e.name_of(event)} cannot follow")
    rule: Callable[[Run, e.Event], Run] = _RULES[type(event)]
    return rule(replace(run, seq=run.seq + 1, phase=phase), event)


def conversation(run: Run) -> tuple[e.Item, ...]:
    """The conversation for a follow-up run: every call in it has an output, as vendors require."""
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
        parent=event.parent,
        place=None if event.flow is None else Place(undo=event.flow),
    )


def _claimed(run: Run, event: e.RunClaimed) -> Run:
    """Calls in flight count as lost: the model is asked again, each tool as its effect allows."""
    steps = tuple(step.left() if step.state is StepState.INTENDED else step for step in run.steps)
    phase = Phase.READY if run.phase is Phase.ASKING else run.phase
    fault = None if phase is Phase.READY else run.fault  # being claimed means that the retry is due
    summary = replace(run.summary, open=False) if run.summary.open else run.summary
    return replace(run, steps=steps, phase=phase, summary=summary, fault=fault)


def _requested(run: Run, event: e.ModelRequested) -> Run:
    open_steps = [step.call.call_id for step in run.steps if not step.done]
    if open_steps:
        raise IllegalMove(f"run {run.id} cannot ask the model before {open_steps[0]} has an output")
    outputs = tuple(e.Item(_output(step)) for step in run.steps)
    return replace(
        run, items=run.items + outputs, steps=(), turn=event.turn, attempt=event.attempt, fault=None
    )


def _completed(run: Run, event: e.ModelCompleted) -> Run:
    first = run.used.tool_calls + 1
    return replace(
        run,
        phase=Phase.ACTING if event.calls else Phase.SAID,
        items=run.items + event.items,
        steps=tuple(Step(call, first + place) for place, call in enumerate(event.calls)),
        said=event.text,
        cut=event.cut,
        used=_paid(run, event.cost, event.tokens),
    )


def _model_failed(run: Run, event: e.ModelFailed) -> Run:
    phase = Phase.READY if event.again_ms else run.phase
    return replace(run, phase=phase, fault=event, used=_paid(run, event.cost))


def _paid(run: Run, cost: int, tokens: int = 0) -> Used:
    return replace(run.used, cost=run.used.cost + cost, tokens=run.used.tokens + tokens)


def _summary_requested(run: Run, event: e.SummaryRequested) -> Run:
    summary = replace(run.summary, asked=event.through, attempt=event.attempt, open=True)
    return replace(run, summary=summary)


def _summed_up(run: Run, event: e.SummaryCompleted) -> Run:
    _check_asked(run, event)
    used = _paid(run, event.cost, event.tokens)
    if not event.text:
        return _unsummed(run, event, used)
    return replace(run, used=used, summary=Summary(event.text, event.through))


def _summary_failed(run: Run, event: e.SummaryFailed) -> Run:
    _check_asked(run, event)
    return _unsummed(run, event, _paid(run, event.cost))


def _unsummed(run: Run, event: e.SummaryFailed | e.SummaryCompleted, used: Used) -> Run:
    summary = replace(run.summary, asked=0, attempt=0, open=False, failed=event.through)
    return replace(run, summary=summary, used=used)


def _check_asked(run: Run, event: e.SummaryFailed | e.SummaryCompleted) -> None:
    if not run.summary.open or run.summary.asked != event.through:
        raise IllegalMove(f"run {run.id} did not ask for a summary of its first {event.through} items")


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
        draws=event.draws,
        hands_over=event.hands_over,
        word=event.word,
        theirs=event.theirs,
        rules=event.rules,
        output=event.message if event.verdict == "deny" else "",
    )
    errors = run.used.errors + (event.rules == (UNLISTED,))
    return _with(run, step, used=replace(run.used, errors=errors))


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
    return _with(run, step) if event.attempt > 1 else _begun(run, step)


def _begun(run: Run, step: Step) -> Run:
    """The run after a call's first start."""
    used = replace(run.used, tool_calls=run.used.tool_calls + 1)
    calls = (*run.calls, (step.call.tool, step.arguments_sha256))
    return _with(run, step, used=used, calls=calls, made=(*run.made, step.call))


def _started(run: Run, event: e.ChildStarted) -> Run:
    step = run.step(event.call_id).moved(Happening.STARTED, key=event.key, child=event.run_id)
    run = _begun(run, step)
    return replace(run, used=replace(run.used, children=run.used.children + 1))


def _handed(run: Run, event: e.ToolHanded) -> Run:
    step = run.step(event.call_id)
    step = step.moved(Happening.HANDED, key=event.key, attempt=1, expires_ms=event.expires_ms)
    return _begun(run, step)


def _answered(run: Run, event: e.ToolsAnswered) -> Run:
    for call_id, output in event.outputs.items():
        run = _with(run, run.step(call_id).moved(Happening.DONE, output=output))
    late = _error("timeout", "Nobody said in time what came of this call.")
    for call_id in event.late:
        run = _with(run, run.step(call_id).moved(Happening.FAILED, output=late))
    errors = run.used.errors + len(event.late) if event.late else 0
    return replace(run, used=replace(run.used, errors=errors))


def _recalled(run: Run, event: e.ChildRecalled) -> Run:
    return _with(run, run.step(event.call_id).told_to_end())


def _child_ended(run: Run, event: e.ChildEnded) -> Run:
    step = run.step(event.call_id)
    if step.child != event.run_id:
        raise IllegalMove(f"the run {event.run_id} is not the one that does {event.call_id}")
    well = event.status == "completed"
    output = event.output if well else _partly(event)
    run = _with(run, step.moved(Happening.DONE if well else Happening.FAILED, output=output))
    used = run.used
    used = replace(
        used,
        turns=used.turns + event.turns,
        tool_calls=used.tool_calls + event.tool_calls,
        tokens=used.tokens + event.tokens,
        cost=used.cost + event.cost,
        errors=0 if well else used.errors + 1,
    )
    return replace(run, used=used)


def _partly(event: e.ChildEnded) -> str:
    """The output for a child run that did not complete, including its partial output."""
    said = {"code": "tool_error", "message": f"The agent's run ended {event.status}: {event.reason}."}
    return _ENCODE({"error": said, "output": event.output}).decode()


def _handed_off(run: Run, event: e.HandedOff) -> Run:
    step = run.step(event.call_id)
    said = _ENCODE({"handed_over_to": event.agent}).decode()
    run = _begun(run, step.moved(Happening.DONE, output=said))
    run = replace(run, agent=event.agent, digest=event.digest, definition=event.definition)
    if run.place is None:
        return run
    return replace(run, place=None, steps=(), items=run.items + event.items)


def _advanced(run: Run, event: e.FlowAdvanced) -> Run:
    run = _moved_to(run, event)
    if event.failed:
        return replace(run, phase=Phase.BROKEN, fault=e.ModelFailed("node_failed", event.failed))
    return run if event.calls else replace(run, phase=Phase.SAID, said=event.text)


def _undone(run: Run, event: e.FlowUndone) -> Run:
    run = _moved_to(run, event)
    assert run.place is not None
    left = tuple(name for name in run.place.undo if name != event.node)
    return replace(run, place=replace(run.place, undo=left))


def _moved_to(run: Run, event: e.FlowAdvanced | e.FlowUndone) -> Run:
    """The results so far are kept; the node's calls become this turn's steps."""
    place = run.place or Place()
    visits = {**place.visits, event.node: place.visits.get(event.node, 0) + 1}
    place = replace(place, node=event.node, results=results(run), visits=visits)
    first = run.used.tool_calls + 1
    steps = tuple(Step(call, first + at) for at, call in enumerate(event.calls))
    return replace(run, place=place, steps=steps, turn=event.turn)


def _underway(run: Run, event: e.ToolUnderway) -> Run:
    told = {"until_ms": event.until_ms, "wake_ms": event.wake_ms, "rests": event.rests}
    return _with(run, run.step(event.call_id).moved(Happening.UNDERWAY, handle=event.handle, **told))


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
    step, facts = run.step(event.call_id).moved(Happening.DONE, output=event.output), run.facts
    if (fact := event.fact) is not None:
        facts = (*(each for each in facts if (each.key, each.of) != (fact.key, fact.of)), fact)
    return _with(run, step, facts=facts, used=replace(run.used, errors=0))


def _tool_failed(run: Run, event: e.ToolFailed) -> Run:
    output = _error(event.code, event.message)
    step = run.step(event.call_id).moved(Happening.FAILED, output=output)
    return _with(run, step, used=replace(run.used, errors=run.used.errors + 1))


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
    return replace(run, limit=event, over=None)


def _budget_asked(run: Run, event: e.BudgetAsked) -> Run:
    return replace(run, over=event)


def _raised(run: Run, event: e.BudgetRaised) -> Run:
    if run.over is None or run.over.limit != event.limit:
        raise IllegalMove(f"run {run.id} does not wait for its limit {event.limit} to be raised")
    if event.to and event.to <= run.over.used:
        raise IllegalMove(
            f"run {run.id} used {run.over.used} already: a limit of {event.to} lets it do nothing"
        )
    soft = {name: amount for name, amount in run.limits.soft.items() if name != event.limit}
    soft |= {event.limit: event.to} if event.to else {}
    return replace(run, over=None, limits=replace(run.limits, soft=soft))


def _finished(run: Run, event: e.RunFinished) -> Run:
    return replace(run, ending=event)


def _with(run: Run, step: Step, **changes: object) -> Run:
    steps = [step if each.call.call_id == step.call.call_id else each for each in run.steps]
    return replace(run, steps=tuple(steps), **changes)


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
    e.SummaryRequested: _summary_requested,
    e.SummaryCompleted: _summed_up,
    e.SummaryFailed: _summary_failed,
    e.PolicyDecided: _decided,
    e.ApprovalRequested: _approval_requested,
    e.ApprovalEscalated: _approval_escalated,
    e.ApprovalResolved: _approval_resolved,
    e.ToolIntended: _intended,
    e.ToolUnderway: _underway,
    e.ToolUnknown: _unknown,
    e.ToolAbandoned: _abandoned,
    e.ToolReconciled: _reconciled,
    e.ToolCompleted: _tool_completed,
    e.ToolFailed: _tool_failed,
    e.ToolHanded: _handed,
    e.ToolsAnswered: _answered,
    e.ChildStarted: _started,
    e.ChildRecalled: _recalled,
    e.ChildEnded: _child_ended,
    e.HandedOff: _handed_off,
    e.FlowAdvanced: _advanced,
    e.FlowUndone: _undone,
    e.DoubtResolved: _doubt_resolved,
    e.RunPaused: _paused,
    e.RunResumed: _resumed,
    e.CancelRequested: _cancelling,
    e.LimitReached: _limited,
    e.BudgetAsked: _budget_asked,
    e.BudgetRaised: _raised,
    e.RunFinished: _finished,
}
