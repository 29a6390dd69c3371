"""Journals as a driver writes them, for what reads journals: one run that looks and then asks a person."""

from msgspec.structs import replace

from agentloop import commands as c
from agentloop import events as e
from agentloop.agents import AgentVersion, ApprovalRule, ToolVersion, digest, written
from agentloop.choke import Door
from agentloop.deciding import decision
from agentloop.journal import Entry, RunRecord
from agentloop.run import Run, apply

LOOK = ToolVersion("desk/look", "http", "Look.", {"type": "object"}, "read")
SEND = ToolVersion("desk/send", "http", "Send.", {"type": "object"}, "keyed", approval=ApprovalRule("people"))
AGENT = AgentVersion("desk", "fast", "Help.", (LOOK, SEND), e.Limits())
RECORD = RunRecord("run_1", "support", "key_1", "desk", digest(AGENT))
DOOR = Door(lambda schema, value: None)

# What the world says to each question, in turn.
SAID: tuple[e.Event, ...] = (
    e.ModelCompleted((), (e.ToolCall("c1", "desk__look", '{"id":1}'),), "", 10, 7, "req_1", 2),
    e.ToolCompleted("c1", "found"),
    e.ModelCompleted((), (e.ToolCall("c2", "desk__send", '{"id":1}'),), "", 10, 7, "req_2", 2),
    e.ToolCompleted("c2", "sent"),
    e.ModelCompleted((), (), "Done.", 10, 7, "req_3", 2),
)


def story(
    agent: AgentVersion = AGENT,
    said: tuple[e.Event, ...] = SAID,
    run_id: str = "run_1",
    door: Door = DOOR,
    items: tuple[e.Item, ...] = (e.Item("{}"),),
    at_ms: int = 1_000,
) -> list[Entry]:
    """The whole journal, the person approving; it is decided at that time."""
    events: list[e.Event] = [
        e.RunCreated(agent.name, digest(agent), items, agent.limits, written(agent)),
        e.RunClaimed("worker"),
    ]
    run = Run(run_id)
    for event in events:
        run = apply(run, event)
    answers = iter(said)
    while not isinstance(command := c.decide(run), c.Rest) or command.why == "approval":
        if isinstance(command, c.Rest):
            step = next(step for step in run.steps if step.approval_id)
            event = e.ApprovalResolved(step.approval_id, step.call.call_id, "approved", "key_2", "fine")
        elif isinstance(command, c.AskModel | c.SumUp | c.RunTools | c.Reconcile):
            event = next(answers)
        else:
            event = decision(run, command, agent, door, at_ms + len(events))
        run = apply(run, event)
        events.append(event)
    return [Entry(seq, 1, 1_000 + seq, event) for seq, event in enumerate(events)]


def finished(entries: list[Entry]) -> RunRecord:
    """The row of a run whose journal this is."""
    return replace(RECORD, status="completed", head=len(entries))
