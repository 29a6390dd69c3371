"""What can happen to a run: the events of its journal, in order.

Each is one of the contract's journal points. An event says what was decided or what came back, never what is
still to be done: that follows from all events before it (`agentloop.commands.decide`).
"""

from typing import Literal

import msgspec

from agentloop.values import Fact as Fact
from agentloop.values import Item as Item
from agentloop.values import Limits as Limits
from agentloop.values import Parent as Parent
from agentloop.values import ToolCall as ToolCall
from agentloop.values import Warned as Warned
from agentloop.values import Who as Who

Effect = Literal["read", "idempotent", "keyed", "queryable", "transactional", "unsafe"]
Verdict = Literal["allow", "deny", "ask"]
Decision = Literal["approved", "denied", "expired"]
Resolution = Literal["confirm_done", "retry", "fail"]
Ending = Literal["completed", "incomplete", "failed", "rejected", "cancelled", "expired"]


class RunCreated(msgspec.Struct, frozen=True, tag="run.created"):
    """J0: the run exists, pinned to a version of its agent."""

    agent: str
    digest: str  # of the agent's version
    input: tuple[Item, ...]
    limits: Limits = Limits()
    definition: str = ""  # the whole version: the run keeps it, whatever is declared later
    previous: str = ""  # id of the response whose conversation it continues
    background: bool = False
    metadata: dict[str, str] = {}  # the client's own, returned with each response
    who: Who = Who()
    parent: Parent | None = None
    flow: tuple[str, ...] | None = None  # of a workflow: the nodes that can be compensated


class RunClaimed(msgspec.Struct, frozen=True, tag="run.claimed"):
    """A worker drives from here on; calls that an earlier one left in flight have an unknown outcome."""

    worker: str


class ModelRequested(msgspec.Struct, frozen=True, tag="model.requested"):
    """J1: written before the model is called, since from here on the call may be billed."""

    turn: int
    attempt: int


class ModelCompleted(msgspec.Struct, frozen=True, tag="model.completed"):
    """J2: the model's answer is stored, so this call is never made again."""

    items: tuple[Item, ...]
    calls: tuple[ToolCall, ...]
    text: str  # the model's words, for the output of the run
    tokens: int
    cost: int  # nano-dollars
    request_id: str = ""  # of the ledger's rows
    output_tokens: int = 0  # of `tokens`
    cut: str = ""  # why it is incomplete, such as max_output_tokens


class ModelFailed(msgspec.Struct, frozen=True, tag="model.failed"):
    """No answer could be obtained, after everything the gateway tried."""

    code: str
    message: str
    cost: int = 0  # nano-dollars that vendors billed all the same
    again_ms: int = 0  # Unix milliseconds from which the model is asked again; 0: never


class SummaryRequested(msgspec.Struct, frozen=True, tag="summary.requested"):
    """Written before a model is called to summarise the conversation's first `through` items."""

    through: int
    attempt: int


class SummaryCompleted(msgspec.Struct, frozen=True, tag="summary.completed"):
    """J11: the text that replaces those items from here on; an empty `text` replaces none."""

    through: int
    text: str
    tokens: int
    cost: int  # nano-dollars
    request_id: str = ""  # of the ledger's rows
    output_tokens: int = 0  # of `tokens`


class SummaryFailed(msgspec.Struct, frozen=True, tag="summary.failed"):
    """No summary could be obtained: whatever leaves the window is left out."""

    through: int
    code: str
    message: str
    cost: int = 0  # nano-dollars that vendors billed all the same


class PolicyDecided(msgspec.Struct, frozen=True, tag="policy.decided"):
    """J3: the checkpoint's decision on a tool call, with all that later steps need to know about the tool."""

    call_id: str
    verdict: Verdict
    rules: tuple[str, ...]
    message: str = ""  # for the model, if the call is denied
    effect: Effect = "unsafe"
    arguments_sha256: str = ""
    group: str = ""  # who may approve
    expires_ms: int = 0  # Unix milliseconds after which an approval is too late
    next_group: str = ""  # asked after that; empty: the approval expires
    next_ms: int = 0  # how long that group has
    counted: dict[str, float] = {}  # by rule: what it counted over many runs
    draws: Limits | None = None  # limits of the child run, reserved on the account from here on
    hands_over: bool = False  # whether another agent takes over
    word: bool = False  # whether a person's approval is the whole of the call
    theirs: bool = False  # whether the client makes the call
    warned: Warned | None = None  # what guards required


class ApprovalRequested(msgspec.Struct, frozen=True, tag="approval.requested"):
    """J4: a person is asked; bound to the arguments by their hash."""

    approval_id: str
    call_id: str
    group: str
    arguments_sha256: str
    expires_ms: int


class ApprovalEscalated(msgspec.Struct, frozen=True, tag="approval.escalated"):
    """J4: nobody answered in time, and another group is asked about the same call."""

    approval_id: str
    call_id: str
    group: str
    expires_ms: int


class ApprovalResolved(msgspec.Struct, frozen=True, tag="approval.resolved"):
    """J5: the person's decision."""

    approval_id: str
    call_id: str
    decision: Decision
    by: str
    reason: str = ""


class ToolIntended(msgspec.Struct, frozen=True, tag="tool.intent"):
    """J6: written before the tool is called; without a result after a crash, the outcome is unknown."""

    call_id: str
    key: str  # the idempotency key, the same for every attempt
    attempt: int


class ToolUnderway(msgspec.Struct, frozen=True, tag="tool.handle"):
    """J7: the server continues in the background; from now on `handle` is polled, the call not repeated."""

    call_id: str
    handle: str
    until_ms: int = 0  # Unix milliseconds until which it is polled
    wake_ms: int = 0  # when it is polled next; 0: now
    rests: int = 0  # how often the run rested meanwhile


class ToolUnknown(msgspec.Struct, frozen=True, tag="tool.unknown"):
    """The call ended without an answer: it may have taken effect."""

    call_id: str
    message: str


class ToolAbandoned(msgspec.Struct, frozen=True, tag="tool.abandoned"):
    """It was tried as often as allowed, and no attempt got an answer."""

    call_id: str
    message: str


class ToolReconciled(msgspec.Struct, frozen=True, tag="tool.reconciled"):
    """A look-up has shown whether a lost call took effect; `output` is its answer."""

    call_id: str
    happened: bool
    output: str = ""


class ToolCompleted(msgspec.Struct, frozen=True, tag="tool.completed"):
    """J8: the tool's own answer, which goes to the model."""

    call_id: str
    output: str
    fact: Fact | None = None


class ToolFailed(msgspec.Struct, frozen=True, tag="tool.failed"):
    """J8: the call certainly had no effect, or its answer is a failure. `code` may be shown to the model."""

    call_id: str
    code: str
    message: str


class ToolHanded(msgspec.Struct, frozen=True, tag="tool.handed"):
    """The call was handed to the client, whose output is awaited until `expires_ms`."""

    call_id: str
    key: str
    expires_ms: int


class ToolsAnswered(msgspec.Struct, frozen=True, tag="tools.answered"):
    """The client's results of all calls handed to it; the calls in `late` timed out."""

    outputs: dict[str, str]  # by call id
    by: str
    late: tuple[str, ...] = ()


class ChildStarted(msgspec.Struct, frozen=True, tag="child.started"):
    """J10: another agent's run was created for a call, in the same transaction as this event."""

    call_id: str
    key: str
    run_id: str


class ChildRecalled(msgspec.Struct, frozen=True, tag="child.recalled"):
    """The child run was asked to end."""

    call_id: str


class ChildEnded(msgspec.Struct, frozen=True, tag="child.ended"):
    """J10: the child run ended; written atomically with its end. Its usage is charged to the account."""

    call_id: str
    run_id: str
    status: Ending
    reason: str
    output: str
    turns: int
    tool_calls: int
    tokens: int
    cost: int  # nano-dollars


class FlowAdvanced(msgspec.Struct, frozen=True, tag="flow.advanced"):
    """The workflow moved to a node, by the choices in `path`; it makes these calls, finishes, or failed."""

    turn: int
    node: str
    path: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    text: str = ""
    failed: str = ""


class FlowUndone(msgspec.Struct, frozen=True, tag="flow.undone"):
    """A call compensates for what a node did, because the run will not succeed."""

    turn: int
    node: str
    calls: tuple[ToolCall, ...]
    failed: str = ""


class HandedOff(msgspec.Struct, frozen=True, tag="run.handed_off"):
    """The conversation continues with another agent, in the same run and on the same account."""

    call_id: str
    agent: str
    digest: str
    definition: str
    items: tuple[Item, ...] = ()  # the message to an agent that takes over from a workflow


class DoubtResolved(msgspec.Struct, frozen=True, tag="tool.resolved"):
    """An operator said what happened to a call in doubt."""

    call_id: str
    resolution: Resolution
    by: str
    output: str = ""


class RunPaused(msgspec.Struct, frozen=True, tag="run.paused"):
    """An operator or a kill switch paused the run."""

    by: str
    reason: str = ""


class RunResumed(msgspec.Struct, frozen=True, tag="run.resumed"):
    """The pause is over."""

    by: str


class CancelRequested(msgspec.Struct, frozen=True, tag="run.cancelling"):
    """Nothing new is started; calls in flight are settled first."""

    by: str


class LimitReached(msgspec.Struct, frozen=True, tag="limit.reached"):
    """J12: which limit was reached, and how much of it was used."""

    limit: str
    used: int
    allowed: int


class BudgetAsked(msgspec.Struct, frozen=True, tag="budget.asked"):
    """A soft limit was reached: a person is asked whether the run may continue."""

    limit: str
    used: int
    allowed: int
    expires_ms: int


class BudgetRaised(msgspec.Struct, frozen=True, tag="budget.raised"):
    """The run may continue, up to the soft limit `to`; 0: up to the hard limit."""

    limit: str
    to: int
    by: str


class RunFinished(msgspec.Struct, frozen=True, tag="run.finished"):
    """J13: the end, which is final."""

    status: Ending
    reason: str = ""
    output: str = ""


Event = (
    RunCreated
    | RunClaimed
    | ModelRequested
    | ModelCompleted
    | ModelFailed
    | SummaryRequested
    | SummaryCompleted
    | SummaryFailed
    | PolicyDecided
    | ApprovalRequested
    | ApprovalEscalated
    | ApprovalResolved
    | ToolIntended
    | ToolUnderway
    | ToolUnknown
    | ToolAbandoned
    | ToolReconciled
    | ToolCompleted
    | ToolFailed
    | ToolHanded
    | ToolsAnswered
    | ChildStarted
    | ChildRecalled
    | ChildEnded
    | HandedOff
    | FlowAdvanced
    | FlowUndone
    | DoubtResolved
    | RunPaused
    | RunResumed
    | CancelRequested
    | LimitReached
    | BudgetAsked
    | BudgetRaised
    | RunFinished
)

_DECODER = msgspec.json.Decoder(Event)
encode = msgspec.json.Encoder().encode


def decode(body: bytes | str) -> Event:
    """Raises msgspec.DecodeError for anything that no version of this code wrote."""
    event: Event = _DECODER.decode(body)
    return event


def name_of(event: Event) -> str:
    """The event's name in the journal, such as `tool.intent`."""
    return str(event.__struct_config__.tag)
