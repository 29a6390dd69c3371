"""What a run's driver decides by itself: the event that a command becomes, without any I/O."""

from agentloop import commands as c
from agentloop import events as e
from agentloop.agents import AgentVersion
from agentloop.choke import Door
from agentloop.run import Run
from agentloop.steps import idempotency_key


def decision(run: Run, command: c.Command, agent: AgentVersion, door: Door, now_ms: int) -> e.Event:
    """The event. Defined for every command that neither asks the world nor rests; `now_ms` is Unix time."""
    match command:
        case c.RequestModel(turn, attempt):
            return e.ModelRequested(turn, attempt)
        case c.Judge(call_id):
            return door.decide_tool(run, run.step(call_id), agent, now_ms)
        case c.RequestApproval(call_id):
            step = run.step(call_id)
            approval = "apr_" + _key(run, call_id)[:24].lower()
            return e.ApprovalRequested(approval, call_id, step.group, step.arguments_sha256, step.expires_ms)
        case c.Intend(call_id, attempt):
            return e.ToolIntended(call_id, _key(run, call_id), attempt)
        case c.Abandon(call_id, attempts):
            return e.ToolAbandoned(call_id, f"No answer came in {attempts} attempts.")
        case c.NoteLimit(limit, used, allowed):
            return e.LimitReached(limit, used, allowed)
        case c.Finish(status, reason, output):
            return e.RunFinished(status, reason, output)
    raise AssertionError(f"nobody decides {command}")


def _key(run: Run, call_id: str) -> str:
    step = run.step(call_id)
    return idempotency_key(run.id, step.number, step.call.tool, step.arguments_sha256)
