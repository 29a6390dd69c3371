"""What a run's driver decides without I/O: the event that a command becomes."""

from agentloop import commands as c
from agentloop import events as e
from agentloop.agents import AgentVersion
from agentloop.children import child_id, handed_off
from agentloop.choke import Door
from agentloop.flowing import advanced, undone
from agentloop.handing import patience_ms
from agentloop.run import Run
from agentloop.steps import idempotency_key

_PATIENCE_MS = 24 * 3_600_000  # for an answer at a soft limit; after that, the run ends there


def decision(run: Run, command: c.Command, agent: AgentVersion, door: Door, now_ms: int) -> e.Event:
    """The event. Defined for commands without outside effects, other than Rest; `now_ms` is Unix time."""
    match command:
        case c.Judge(call_id):
            return door.decide_tool(run, run.step(call_id), agent, now_ms)
        case c.Intend(call_id, attempt):
            return e.ToolIntended(call_id, _key(run, call_id), attempt)
        case c.RequestModel(turn, attempt):
            return e.ModelRequested(turn, attempt)
        case c.RequestSummary(through, attempt):
            return e.SummaryRequested(through, attempt)
        case c.RequestApproval(call_id):
            step = run.step(call_id)
            approval = "apr_" + _key(run, call_id)[:24].lower()
            return e.ApprovalRequested(approval, call_id, step.group, step.arguments_sha256, step.expires_ms)
        case c.Abandon(call_id, attempts):
            return e.ToolAbandoned(call_id, f"No answer came in {attempts} attempts.")
        case c.NoteLimit(limit, used, allowed):
            return e.LimitReached(limit, used, allowed)
        case c.AskForMore(limit, used, allowed):
            return e.BudgetAsked(limit, used, allowed, now_ms + _PATIENCE_MS)
        case c.Finish(status, reason, output):
            return e.RunFinished(status, reason, output)
    return _of_others(run, command, agent, now_ms)


def _of_others(run: Run, command: c.Command, agent: AgentVersion, now_ms: int) -> e.Event:
    """Decisions about other agents, clients and workflows."""
    match command:
        case c.HandOut(call_id):
            tool = agent.tool(run.step(call_id).call.tool)
            return e.ToolHanded(call_id, _key(run, call_id), now_ms + patience_ms(tool))
        case c.Delegate(call_id):
            key = _key(run, call_id)
            return e.ChildStarted(call_id, key, child_id(key))
        case c.HandOver(call_id):
            return handed_off(run.step(call_id), agent)
        case c.TakeWord(call_id):
            by = e.encode({"approved_by": run.step(call_id).approved_by}).decode()
            return e.ToolCompleted(call_id, by)
        case c.Advance(turn) if agent.flow is not None:
            return advanced(run, agent.flow, turn)
        case c.Undo(turn, node) if agent.flow is not None:
            return undone(run, agent.flow, node, turn)
    raise AssertionError(f"nobody decides {command}")


def _key(run: Run, call_id: str) -> str:
    step = run.step(call_id)
    return idempotency_key(run.id, step.number, step.call.tool, step.arguments_sha256)
