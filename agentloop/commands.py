"""The next command of a run, decided by its history alone."""

from hashlib import sha256

import msgspec

from agentloop import events as e
from agentloop.drawing import held
from agentloop.run import conversation
from agentloop.state import GOING, WALL, Phase, Run, results
from agentloop.steps import Step, StepState
from agentloop.summing import due, question
from agentloop.window import fitted

# A limited, cancelled or paused run begins nothing; these states may still have to be settled.
_UNSETTLED = (StepState.INTENDED, StepState.DELEGATED, StepState.UNKNOWN, StepState.IN_DOUBT)

_OPEN = (*_UNSETTLED, StepState.AWAITING, StepState.HANDED)  # also those that wait for people and clients


class RequestModel(msgspec.Struct, frozen=True, tag="request_model"):
    """Record that the model is about to be asked."""

    turn: int
    attempt: int


class AskModel(msgspec.Struct, frozen=True, tag="ask_model"):
    """Ask the model, for at most `room` of the `allowed` nano-dollars."""

    turn: int
    attempt: int
    items: tuple[e.Item, ...]
    room: int = 0
    allowed: int = 0  # 0: the cost is not limited


class RequestSummary(msgspec.Struct, frozen=True, tag="request_summary"):
    """Record that a model is about to summarise the conversation's first `through` items."""

    through: int
    attempt: int


class SumUp(msgspec.Struct, frozen=True, tag="sum_up"):
    """Ask that model for at most `most` tokens, and at most `room` of the `allowed` nano-dollars."""

    through: int
    attempt: int
    model: str
    text: str = ""
    most: int = 0
    room: int = 0
    allowed: int = 0  # 0: the cost is not limited


class Judge(msgspec.Struct, frozen=True, tag="judge"):
    """Have the checkpoint decide on a tool call."""

    call_id: str


class RequestApproval(msgspec.Struct, frozen=True, tag="request_approval"):
    """Ask a person to approve a tool call."""

    call_id: str


class Intend(msgspec.Struct, frozen=True, tag="intend"):
    """Record that a tool is about to be called."""

    call_id: str
    attempt: int


class RunTools(msgspec.Struct, frozen=True, tag="run_tools"):
    """Call these tools concurrently."""

    call_ids: tuple[str, ...]


class Delegate(msgspec.Struct, frozen=True, tag="delegate"):
    """Create another agent's run to carry out a call."""

    call_id: str


class HandOver(msgspec.Struct, frozen=True, tag="hand_over"):
    """Hand the conversation over to another agent."""

    call_id: str


class HandOut(msgspec.Struct, frozen=True, tag="hand_out"):
    """Hand a call to the client."""

    call_id: str


class TakeWord(msgspec.Struct, frozen=True, tag="take_word"):
    """Record that a person approved, which is all the call consists of."""

    call_id: str


class Advance(msgspec.Struct, frozen=True, tag="advance"):
    """Move the workflow to its next node."""

    turn: int


class Undo(msgspec.Struct, frozen=True, tag="undo"):
    """Compensate for what a node of the workflow did."""

    turn: int
    node: str


class Recall(msgspec.Struct, frozen=True, tag="recall"):
    """Ask a child run to end."""

    call_id: str
    run_id: str


class Abandon(msgspec.Struct, frozen=True, tag="abandon"):
    """Record that a call got no answer in all its attempts."""

    call_id: str
    attempts: int


class Reconcile(msgspec.Struct, frozen=True, tag="reconcile"):
    """Look up whether a call took effect."""

    call_id: str


class NoteLimit(msgspec.Struct, frozen=True, tag="note_limit"):
    """Record which limit was reached."""

    limit: str
    used: int
    allowed: int


class AskForMore(msgspec.Struct, frozen=True, tag="ask_for_more"):
    """Ask a person whether the run may continue beyond a soft limit."""

    limit: str
    used: int
    allowed: int


class Finish(msgspec.Struct, frozen=True, tag="finish"):
    """Record the end."""

    status: e.Ending
    reason: str = ""
    output: str = ""


class Rest(msgspec.Struct, frozen=True, tag="rest"):
    """Nothing can be done now.

    `why` is approval, tool_output, budget, capacity, task, child, in_doubt, paused or ended.
    """

    why: str


Command = (
    RequestModel
    | AskModel
    | RequestSummary
    | SumUp
    | Judge
    | RequestApproval
    | Intend
    | Delegate
    | HandOver
    | Recall
    | HandOut
    | TakeWord
    | Advance
    | Undo
    | RunTools
    | Abandon
    | Reconcile
    | NoteLimit
    | AskForMore
    | Finish
    | Rest
)


def digest(command: Command) -> str:
    """Identifies a command: a replay is faithful if it yields the same digests."""
    return sha256(e.encode(command)).hexdigest()


def decide(run: Run) -> Command:
    """The next command. Defined for every run that has been created."""
    if run.phase in GOING and not run.cancelling and not run.held:
        if run.over is not None:
            return Rest("budget")
        if run.fault is not None:
            return Rest("capacity")
        return _act(run) or _reached(run) or _go_on(run)
    if run.phase is Phase.ENDED:
        return Rest("ended")
    if run.phase is Phase.ASKING:
        allowed = run.limits.cost
        window = run.limits.window
        items = fitted(run.items, window, summary=run.summary) if window else run.items
        return AskModel(run.turn, run.attempt, items, allowed - run.used.cost, allowed)
    if run.phase is Phase.UNDOING and not run.held:
        return _act(run) or _undo(run) or _stop(run)
    if run.cancelling or run.held or run.phase is Phase.LIMITED:
        return _settle(run) or _undo(run) or _stop(run)
    if run.phase is Phase.SAID:
        return Finish("incomplete" if run.cut else "completed", run.cut, run.said)
    return _undo(run) or _stop(run)


def _go_on(run: Run) -> Command:
    """Another turn of the model, or the next node of a workflow."""
    if run.place is not None:
        return Advance(run.turn + 1)
    if run.limits.summary and (command := _sum_up(run)) is not None:
        return command
    return RequestModel(*_next_turn(run))


def _sum_up(run: Run) -> Command | None:
    """Items about to leave the window are summarised before the model is asked."""
    items, limits, summary = conversation(run), run.limits, run.summary
    if summary.open:
        asked = question(items, summary.asked, limits.window, summary)
        room = limits.cost - run.used.cost
        return SumUp(
            summary.asked, summary.attempt, limits.summary, asked.text, asked.most, room, limits.cost
        )
    through = due(items, limits.window, summary)
    attempt = summary.attempt + 1 if summary.asked == through else 1
    return RequestSummary(through, attempt) if through else None


def _undo(run: Run) -> Command | None:
    """Compensate, in a run that will not succeed, for the last call that can be; None if none is left."""
    place = run.place
    if place is None or run.held:
        return None
    answers = results(run)
    done = [name for name in answers if name in place.undo and answers[name].well]
    return Undo(run.turn + 1, done[-1]) if done else None


def _settle(run: Run) -> Command | None:
    """Bring begun calls to their end, even if nothing else may begin."""
    begun = [step for step in run.steps if step.state is StepState.DELEGATED]
    if run.cancelling or run.limit is not None and run.limit.limit == WALL:
        for step in begun:
            if not step.recalled:
                return Recall(step.call.call_id, step.child)
    if run.cancelling or not run.held:
        # A repeated call is not settled: it would take effect now if it had not before.
        for step in run.steps:
            if step.state is StepState.ALLOWED and step.lost_attempts > 0:
                return Abandon(step.call.call_id, step.attempt)
    return _in_states(run, _UNSETTLED)


def _stop(run: Run) -> Command:
    if run.cancelling:
        return Finish("cancelled", output=run.said)
    if run.limit is not None:
        return Finish("incomplete", reason=f"max_{run.limit.limit}", output=run.said)
    if run.fault is not None and not run.held:
        return Finish("failed", reason=run.fault.code, output=run.said)
    return Rest("paused")


def _act(run: Run) -> Command | None:
    for step in run.steps:
        if step.state is StepState.PLANNED:
            return Judge(step.call.call_id)
        if step.state is StepState.ASKING:
            return RequestApproval(step.call.call_id)
    return _begin(run) or _in_states(run, _OPEN)


def _begin(run: Run) -> Command | None:
    """The next allowed call, if there is room beside those in flight; or the limit that forbids it."""
    allowed = [step for step in run.steps if step.state is StepState.ALLOWED]
    in_air = sum(step.state is StepState.INTENDED for step in run.steps) if allowed else 0
    if in_air >= run.limits.parallel_tools:
        return None
    for step in allowed:
        if step.draws is not None:
            return Delegate(step.call.call_id)  # its share was reserved when it was allowed
        if step.word:
            return TakeWord(step.call.call_id)
        if step.hands_over:
            if sum(not each.done for each in run.steps) > 1:
                continue  # the next agent must find every call done
            return HandOver(step.call.call_id)
        if step.attempt - step.retried >= run.limits.attempts:
            return Abandon(step.call.call_id, step.attempt)
        used = run.used.tool_calls + held(run).tool_calls
        # No limit may keep a workflow from compensating.
        limited = run.phase is not Phase.UNDOING
        if limited and step.attempt == 0 and used >= run.limits.tool_calls:
            # Calls in flight are completed first.
            begun = in_air or any(each.state is StepState.DELEGATED for each in run.steps)
            return None if begun else _limit("tool_calls", used, run.limits.tool_calls)
        call_id = step.call.call_id
        return HandOut(call_id) if step.theirs else Intend(call_id, step.attempt + 1)
    return None


def _in_states(run: Run, states: tuple[StepState, ...]) -> Command | None:
    """What steps in these states need: calls in flight first, people's decisions last."""
    found = [step for step in run.steps if step.state in states]
    if not found:
        return None
    in_air = tuple(
        step.call.call_id for step in found if step.state is StepState.INTENDED and not step.wake_ms
    )
    if in_air:
        return RunTools(in_air)
    unknown = _first(found, StepState.UNKNOWN)
    if unknown is not None:
        return Reconcile(unknown.call.call_id)
    if _first(found, StepState.IN_DOUBT) is not None:
        return Rest("in_doubt")
    if _first(found, StepState.AWAITING) is not None:
        return Rest("approval")
    if _first(found, StepState.HANDED) is not None:
        return Rest("tool_output")
    if _first(found, StepState.INTENDED) is not None:
        return Rest("task")
    return Rest("child")


def _first(steps: list[Step], state: StepState) -> Step | None:
    return next((step for step in steps if step.state is state), None)


def _reached(run: Run) -> Command | None:
    """The first limit that forbids another turn; a retried turn is exempt, since it was allowed before."""
    used, limits = run.used, run.limits
    if _was_lost(run):
        return None
    for limit, have, allowed in (
        ("turns", run.turn + used.turns, limits.turns),
        ("tokens", used.tokens, limits.tokens),
        ("cost", used.cost, limits.cost),
        ("tool_errors", used.errors, limits.tool_errors),
    ):
        if have >= allowed:
            return _limit(limit, have, allowed)
    return _softly(run)


def _softly(run: Run) -> Command | None:
    """The first soft limit that needs a person's approval before another turn."""
    for limit, allowed in run.limits.soft.items():
        have = getattr(run.used, limit) + (run.turn if limit == "turns" else 0)
        if have >= allowed:
            return AskForMore(limit, have, allowed)
    return None


def _limit(limit: str, used: int, allowed: int) -> NoteLimit:
    return NoteLimit(limit, used, allowed)


def _next_turn(run: Run) -> tuple[int, int]:
    """Turn and attempt: a turn whose answer was lost is repeated under its own number."""
    return (run.turn, run.attempt + 1) if _was_lost(run) else (run.turn + 1, 1)


def _was_lost(run: Run) -> bool:
    return run.phase is Phase.READY and run.turn > 0
