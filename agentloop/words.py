"""What people add to a run: appended after what is there, however fast its driver writes."""

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

_TRIES = 5  # against a driver that writes at the same time

Word = Callable[[Run], list[Event]]


class Final(Exception):
    """The run has ended, and its end stays."""


class TooFast(Exception):
    """Others wrote first, again and again: it may be tried once more."""


class NoApproval(Exception):
    """No such approval is pending: it was decided, has expired, or never existed."""


async def speak(journal: Journal, run_id: str, word: Word, team: str | None = None) -> RunRecord:
    """Add what `word` makes of the run as it is.

    Raises RunNotFound, Final, IllegalMove, TooFast, StoreError.
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
    """Tell another run that it is to end; one that has ended is told nothing. Raises TooFast, StoreError."""
    try:
        await speak(journal, command.run_id, lambda run: [CancelRequested(by)])
        journal.due()
    except Final:
        pass
    return ChildRecalled(command.call_id)


def awaiting(run: Run, approval_id: str, now_ms: int) -> Step:
    """The call that waits for this word, whose time is not over, also where no driver has said so yet.

    Raises NoApproval.
    """
    for step in run.steps:
        if step.approval_id == approval_id and step.state is StepState.AWAITING and now_ms < step.expires_ms:
            return step
    raise NoApproval(f"There is no open approval '{approval_id}'.")


def timed_out(step: Step, now_ms: int) -> ApprovalEscalated | ApprovalResolved:
    """What becomes of a call about which nobody said a word: others are asked, and after them it is over."""
    call_id = step.call.call_id
    if step.next_group:
        return ApprovalEscalated(step.approval_id, call_id, step.next_group, now_ms + step.next_ms)
    said = "Nobody approved this call in time."
    return ApprovalResolved(step.approval_id, call_id, "expired", "the clock", said)


def judged(step: Step, *, approve: bool, by: str, reason: str) -> ApprovalResolved:
    """A person's word about a call that waits for it."""
    decision: Decision = "approved" if approve else "denied"
    return ApprovalResolved(step.approval_id, step.call.call_id, decision, by, reason[:2000])
