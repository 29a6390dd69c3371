"""What people add to a run: appended after its latest event, however fast its driver writes."""

from collections.abc import Callable

from agentloop.commands import Recall
from agentloop.events import (
    ApprovalEscalated,
    ApprovalResolved,
    CancelRequested,
    ChildRecalled,
    Decision,
    Event,
)
from agentloop.journal import ACTIVE, Journal, Overtaken, RunRecord
from agentloop.run import Run, apply, replay
from agentloop.steps import Step, StepState

_TRIES = 5  # against a driver that appends at the same time

Word = Callable[[Run], list[Event]]  # what a person says: the events to append to the run as it is


class Final(Exception):
    """The run has ended, and its end is final."""


class TooFast(Exception):
    """Others appended first, again and again: try again later."""


class NoApproval(Exception):
    """No such approval is pending: it was decided, has expired, or never existed."""


async def speak(journal: Journal, run_id: str, word: Word, team: str | None = None) -> RunRecord:
    """Append the events that `word` returns for the run's current state.

    Raises RunNotFound, Final, IllegalMove, TooFast and StoreError.
    """
    for _ in range(_TRIES):
        record = await journal.record(run_id, team)
        if record.status not in ACTIVE:
            raise Final(f"The run {run_id} is {record.status}: its end is final.")
        events = await journal.events(run_id)
        run = replay(run_id, events[: record.head])
        words = word(run)
        for event in words:
            run = apply(run, event)
        try:
            return await journal.interject(record, words, "queued")
        except Overtaken:
            continue
    raise TooFast(f"The run {run_id} moves on too fast to be spoken to; try again.")


async def recalled(journal: Journal, command: Recall, by: str) -> ChildRecalled:
    """Ask a child run to end; does nothing if it has ended. Raises TooFast and StoreError."""
    try:
        await speak(journal, command.run_id, lambda run: [CancelRequested(by)])
        journal.due()
    except Final:
        pass
    return ChildRecalled(command.call_id)


def awaiting(run: Run, approval_id: str, now_ms: int) -> Step:
    """The call that waits for this approval and has not expired, even if no driver has noted that yet.

    Raises NoApproval.
    """
    for step in run.steps:
        if step.approval_id == approval_id and step.state is StepState.AWAITING and now_ms < step.expires_ms:
            return step
    raise NoApproval(f"There is no open approval '{approval_id}'.")


def timed_out(step: Step, now_ms: int) -> ApprovalEscalated | ApprovalResolved:
    """The event for an approval that timed out: the next group is asked, or the approval expires."""
    call_id = step.call.call_id
    if step.next_group:
        return ApprovalEscalated(step.approval_id, call_id, step.next_group, now_ms + step.next_ms)
    said = "Nobody approved this call in time."
    return ApprovalResolved(step.approval_id, call_id, "expired", "the clock", said)


def judged(step: Step, *, approve: bool, by: str, reason: str) -> ApprovalResolved:
    """The event for a person's decision about a waiting call."""
    decision: Decision = "approved" if approve else "denied"
    return ApprovalResolved(step.approval_id, step.call.call_id, decision, by, reason[:2000])
