"""Explains a run from its journal alone, without asking a model."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from agentloop import events as e
from agentloop.agents import AgentVersion, read
from agentloop.journal import Entry, RunRecord
from agentloop.run import Run, apply
from agentloop.steps import Step

Told = dict[str, Any]  # a JSON object

_DECISIONS = {"approved": "approved by", "denied": "refused by", "expired": "not answered in time:"}


def explained(record: RunRecord, entries: Sequence[Entry]) -> Told:
    """The caller, the pinned agent, then each step: what was requested, decided, approved, done, answered."""
    run = Run(record.id)
    steps: list[Told] = []
    agent: AgentVersion | None = None
    for entry in entries:
        before, run = run, apply(run, entry.event)
        if isinstance(entry.event, e.RunCreated):
            agent = read(entry.event.definition)
        steps += _told(entry, before, run, agent)
        if isinstance(entry.event, e.HandedOff):
            agent = read(entry.event.definition)
    ending = run.ending
    return {
        "run_id": record.id,
        "object": "run.explanation",
        "who": {"team": record.team, "key": record.key_id},
        "parent": None if run.parent is None else run.parent.run_id,
        "agent": {
            "name": record.agent,
            "digest": record.digest,
            "model": agent.model if agent is not None else None,
            "tools": [tool.name for tool in agent.tools] if agent is not None else [],
        },
        "status": record.status,
        "reason": record.reason or None,
        "steps": steps,
        "output": ending.output if ending is not None else None,
        "usage": {
            "turns": run.turn,
            "tool_calls": run.used.tool_calls,
            "tokens": run.used.tokens,
            "cost_usd": f"{run.used.cost / 1e9:.9f}",
        },
        "events": len(entries),
    }


def _told(entry: Entry, before: Run, after: Run, agent: AgentVersion | None) -> list[Told]:
    said = _said(entry.event, before)
    if said is None:
        return []
    at = datetime.fromtimestamp(entry.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    told: Told = {"seq": entry.seq, "at": at, "epoch": entry.epoch, "kind": e.name_of(entry.event)}
    step = _step_of(entry.event, after)
    if step is not None:
        tool = agent.tool(step.call.tool) if agent is not None else None
        told |= {
            "turn": after.turn,
            "call_id": step.call.call_id,
            "tool": tool.name if tool is not None else step.call.tool,
            "arguments": step.call.arguments,
            "effect": step.effect,
        }
    return [{**told, **_facts(entry.event), "said": said}]


def _step_of(event: e.Event, run: Run) -> Step | None:
    call_id = getattr(event, "call_id", None)
    return None if call_id is None else run.step(call_id)


def _facts(event: e.Event) -> Mapping[str, Any]:
    """Machine-readable details of an event."""
    match event:
        case e.ModelCompleted() | e.SummaryCompleted():
            return {"request_id": event.request_id, "tokens": event.tokens, "cost_nano": event.cost}
        case e.PolicyDecided():
            return {
                "verdict": event.verdict,
                "rules": list(event.rules),
                "arguments_sha256": event.arguments_sha256,
            }
        case e.ChildStarted() | e.ChildEnded():
            return {"child_run_id": event.run_id}
        case e.ToolIntended():
            return {"attempt": event.attempt, "idempotency_key": event.key}
        case e.ApprovalResolved():
            return {"decision": event.decision, "by": event.by, "reason": event.reason or None}
    return {}


def _said(event: e.Event, before: Run) -> str | None:
    """The event as a sentence; None for events that explain nothing."""
    match event:
        case e.RunCreated():
            return f"begun, with {len(event.input)} item{'s' if len(event.input) != 1 else ''} of input"
        case e.RunClaimed() if before.turn or before.steps:
            return f"taken up by {event.worker}"
        case e.ModelRequested():
            again = f", attempt {event.attempt}" if event.attempt > 1 else ""
            return f"the model is asked, turn {event.turn}{again}"
        case e.ModelCompleted():
            wishes = ", ".join(call.tool for call in event.calls)
            cut = f" (cut: {event.cut})" if event.cut else ""
            return (f"it wants {wishes}" if wishes else f"it says: {event.text[:200]}") + cut
        case e.ModelFailed():
            return f"no model answered{', it is asked again' if event.again_ms else ''}: {event.message}"
        case e.RunFinished():
            return f"ended: {event.status}{f' ({event.reason})' if event.reason else ''}"
        case e.RunPaused() | e.RunResumed() | e.CancelRequested():
            return f"{e.name_of(event).removeprefix('run.')} by {event.by}"
    return _said_of_call(event)


def _said_of_call(event: e.Event) -> str | None:
    return (
        _said_of_summary(event)
        or _said_of_limit(event)
        or _said_of_agent(event)
        or _said_of_others(event)
        or _said_of_tool(event)
    )


def _said_of_summary(event: e.Event) -> str | None:
    match event:
        case e.SummaryRequested():
            again = f", attempt {event.attempt}" if event.attempt > 1 else ""
            return f"the first {event.through} items are to be summed up{again}"
        case e.SummaryCompleted():
            return f"summed up: {event.text[:200]}" if event.text else "the summary is empty"
        case e.SummaryFailed():
            return f"they are left out without a summary: {event.message}"
    return None


def _said_of_limit(event: e.Event) -> str | None:
    match event:
        case e.LimitReached():
            return f"the limit {event.limit} was reached: {event.used} of {event.allowed}"
        case e.BudgetAsked():
            return f"a person is asked to raise {event.limit}: {event.used} of {event.allowed} are used"
        case e.BudgetRaised():
            return f"{event.by} lets it go on with {event.limit} up to {event.to or 'the hard limit'}"
    return None


def _said_of_agent(event: e.Event) -> str | None:
    """The sentence for an event that concerns another agent; None for other events."""
    match event:
        case e.ChildStarted():
            return f"another agent's run was begun for it: {event.run_id}"
        case e.ChildRecalled():
            return "that run was told to end"
        case e.ChildEnded():
            return f"that run ended {event.status}: {event.output[:200]}"
        case e.HandedOff():
            return f"{event.agent} goes on"
        case e.FlowAdvanced():
            way = f" by way of {', '.join(event.path)}" if event.path else ""
            return f"the workflow is at {event.node}{way}{f': {event.failed}' if event.failed else ''}"
        case e.FlowUndone():
            return f"what {event.node} did is made good{f': {event.failed}' if event.failed else ''}"
    return None


def _said_of_others(event: e.Event) -> str | None:
    """The sentence for calls that the client makes or a server continues in the background, or None."""
    match event:
        case e.ToolUnderway():
            return f"its server works on it as {event.handle[:200]}"
        case e.ToolHanded():
            return "handed over to whoever asks the agent"
        case e.ToolsAnswered():
            late = f", and nothing of {', '.join(event.late)} in time" if event.late else ""
            return f"{event.by} says what came of {', '.join(event.outputs) or 'nothing'}{late}"
    return None


def _said_of_tool(event: e.Event) -> str | None:
    match event:
        case e.PolicyDecided():
            return f"{event.verdict} by {', '.join(event.rules) or 'default'}"
        case e.ApprovalRequested():
            return f"a person of {event.group} is asked"
        case e.ApprovalEscalated():
            return f"nobody answered in time; a person of {event.group} is asked"
        case e.ApprovalResolved():
            reason = f": {event.reason}" if event.reason else ""
            return f"{_DECISIONS[event.decision]} {event.by}{reason}"
        case e.ToolIntended():
            return f"about to be called, attempt {event.attempt}"
        case e.ToolCompleted():
            return f"answered: {event.output[:200]}"
        case e.ToolReconciled():
            return "it was looked up: " + ("it had happened" if event.happened else "it had not happened")
        case e.DoubtResolved():
            return f"{event.by} said what became of it: {event.resolution}"
        case e.ToolFailed() | e.ToolUnknown() | e.ToolAbandoned():
            return f"{e.name_of(event).removeprefix('tool.')}: {event.message}"
    return None
