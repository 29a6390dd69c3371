"""Forks a run: a new one with its beginning, repeating nothing that was done."""

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
    """The run `name`, which goes on with the conversation of the first `at` events of another one, or of all.

    It has the limits of its agent afresh, which is the one that the other run was at, or a `new` one. A call
    of which nothing was known there is told to the model as one that was not made. Raises NotForkable.
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
