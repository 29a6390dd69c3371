"""Child runs: how they are created, and what the parent learns of their end."""

import msgspec

from agentloop.agents import AgentVersion, ToolVersion, digest, read, written
from agentloop.events import ChildEnded, HandedOff, Item, Parent, RunCreated
from agentloop.journal import RunRecord
from agentloop.run import Run
from agentloop.steps import Step

_ENCODE = msgspec.json.Encoder().encode


def definition_of(tool: ToolVersion) -> AgentVersion:
    """The agent version that a tool of the kind `agent` or `handoff` stands for."""
    return read(tool.settings["definition"])


def child_id(key: str) -> str:
    """The id of the run for a call, from the call's key: the same each time the parent is driven."""
    return f"run_{key[:24].lower()}"


def born(parent: RunRecord, run: Run, step: Step, agent: AgentVersion) -> tuple[RunRecord, RunCreated]:
    """The child run for a newly delegated `step`: its row and first event, with its share of the limits."""
    tool = agent.tool(step.call.tool)
    assert tool is not None and step.draws is not None, "only what the door allowed is delegated"
    child = _under(agent, definition_of(tool))
    given = msgspec.json.decode(step.call.arguments)["input"]
    record = RunRecord(step.child, parent.team, parent.key_id, child.name, digest(child))
    line = (*(run.parent.line if run.parent is not None else ()), agent.name)
    created = RunCreated(
        child.name,
        record.digest,
        (_message(given),),
        step.draws,
        written(child),
        who=run.who,
        parent=Parent(run.id, step.call.call_id, line),
        flow=child.undoes,
    )
    return record, created


def _message(given: object) -> Item:
    """The input for another agent, as a user message."""
    text = given if isinstance(given, str) else _ENCODE(given).decode()
    return Item(_ENCODE({"role": "user", "content": text}).decode())


def _under(parent: AgentVersion, child: AgentVersion) -> AgentVersion:
    """The child with the parent's restrictions added: what it forbids, or wants approved, binds both."""
    own = {rule.name for rule in child.rules}
    more = tuple(rule for rule in parent.rules if rule.verb != "permit" and rule.name not in own)
    return msgspec.structs.replace(child, rules=(*child.rules, *more)) if more else child


def handed_off(step: Step, agent: AgentVersion) -> HandedOff:
    """The event that hands over to the next agent, to which this agent's restrictions also apply."""
    tool = agent.tool(step.call.tool)
    assert tool is not None, "only what the door allowed is handed over"
    next_one = _under(agent, definition_of(tool))
    said = msgspec.json.decode(step.call.arguments or "{}").get("input")
    items = () if said is None else (_message(said),)
    return HandedOff(step.call.call_id, next_one.name, digest(next_one), written(next_one), items)


def told(run: Run) -> ChildEnded | None:
    """The event for the parent of an ended run; None if the run has no parent or has not ended."""
    if run.parent is None or run.ending is None:
        return None
    return ChildEnded(
        run.parent.call_id,
        run.id,
        run.ending.status,
        run.ending.reason,
        run.ending.output,
        run.turn + run.used.turns,
        run.used.tool_calls,
        run.used.tokens,
        run.used.cost,
    )
