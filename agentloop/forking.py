"""Forks a run: a new one with its beginning, in which nothing is repeated."""

from collections.abc import Sequence

from agentloop import events as e
from agentloop.agents import AgentVersion, digest, read, written
from agentloop.journal import RunRecord
from agentloop.run import conversation, replay


class NotForkable(Exception):
    """A run cannot be forked at that event."""


def fork(
    name: str,
    of: RunRecord,
    events: Sequence[e.Event],
    at: int | None = None,
    new: AgentVersion | None = None,
) -> tuple[RunRecord, e.RunCreated]:
    """The run `name`, which continues the conversation of another run's first `at` events, or all of them.

    It has that run's agent at this point, or a `new` one, and unused limits. Calls without an outcome there
    appear to the model as not made. Raises NotForkable.
    """
    if at is not None and not 0 < at <= len(events):
        raise NotForkable(
            f"The run {of.id} has {len(events)} events: a fork begins after 1 to {len(events)}."
        )
    run = replay(of.id, events[:at])
    if run.place is not None:
        raise NotForkable(f"The run {of.id} is a workflow's, which has no conversation to go on with.")
    agent = new or read(run.definition)
    record = RunRecord(name, of.team, of.key_id, agent.name, digest(agent))
    begun = events[0]
    metadata = begun.metadata if isinstance(begun, e.RunCreated) else {}
    return record, e.RunCreated(
        agent.name,
        record.digest,
        conversation(run),
        agent.limits,
        written(agent),
        metadata={**metadata, "forked_from": of.id},
        who=run.who,
        flow=agent.undoes,
    )
