"""What can happen to a run: the events of its journal, in order.

Each is one of the contract's journal points. An event says what was decided or what came back, never what is
still to be done: that follows from all events before it (`agentloop.run.decide`).
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
    definition: str = ""  # the whole version: a run keeps to it, whatever is declared later
    previous: str = ""  # the response whose conversation it goes on with
    background: bool = False
    metadata: dict[str, str] = {}  # the caller's own, given back with each response
    who: Who = Who()
    parent: Parent | None = None
    flow: tuple[str, ...] | None = None  # of a workflow: the nodes that can be made good again


class RunClaimed(msgspec.Struct, frozen=True, tag="run.claimed"):
    """A worker drives from here on; calls in flight of an earlier one have an unknown outcome."""

    worker: str


class ModelRequested(msgspec.Struct, frozen=True, tag="model.requested"):
    """J1: written before the model is called, since from here on the call may be billed."""

    turn: int
    attempt: int


class ModelCompleted(msgspec.Struct, frozen=True, tag="model.completed"):
    """J2: the model's answer is stored, so this call is never made again."""

    items: tuple[Item, ...]
    calls: tuple[ToolCall, ...]
    text: str  # what it said, for the output of the run
    tokens: int
    cost: int  # nano-dollars
    request_id: str = ""  # of the ledger's rows
    output_tokens: int = 0  # of `tokens`
    cut: str = ""  # why it has no end, such as max_output_tokens


class ModelFailed(msgspec.Struct, frozen=True, tag="model.failed"):
    """No answer could be had, after everything the gateway tried."""

    code: str
    message: str
    cost: int = 0  # nano-dollars, of what vendors bill all the same
    again_ms: int = 0  # Unix milliseconds from which it is asked once more; 0: it never is


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
    """No summary could be had: what falls out of the window is left out."""

    through: int
    code: str
    message: str
    cost: int = 0  # nano-dollars, of what vendors bill all the same


class PolicyDecided(msgspec.Struct, frozen=True, tag="policy.decided"):
    """J3: the checkpoint's decision on a tool call, with all that later steps need to know of the tool."""

    call_id: str
    verdict: Verdict
    rules: tuple[str, ...]
    message: str = ""  # what the model is told when it is denied
    effect: Effect = "unsafe"
    arguments_sha256: str = ""
    group: str = ""  # who may approve
    expires_ms: int = 0  # Unix milliseconds after which an approval is too late
    next_group: str = ""  # who is asked then; nobody: it has expired
    next_ms: int = 0  # for how long
    counted: dict[str, float] = {}  # by rule: what it counted over many runs
    draws: Limits | None = None  # what another agent's run may use, held from the account from here on
    hands_over: bool = False  # whether another agent goes on
    word: bool = False  # whether a person's word is all that there is to it
    theirs: bool = False  # whether whoever asks the agent makes the call
    warned: Warned | None = None  # what guards said of it


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
    key: str  # the same for every attempt
    attempt: int


class ToolUnderway(msgspec.Struct, frozen=True, tag="tool.handle"):
    """J7: its server continues in the background; from here on `handle` is polled, the call not repeated."""

    call_id: str
    handle: str
    until_ms: int = 0  # Unix milliseconds until which it is asked
    wake_ms: int = 0  # when it is asked next; 0: now
    rests: int = 0  # how often the run rested meanwhile


class ToolUnknown(msgspec.Struct, frozen=True, tag="tool.unknown"):
    """The call ended without an answer: it may have taken effect."""

    call_id: str
    message: str


class ToolAbandoned(msgspec.Struct, frozen=True, tag="tool.abandoned"):
    """It was tried often enough, and no attempt got an answer."""

    call_id: str
    message: str


class ToolReconciled(msgspec.Struct, frozen=True, tag="tool.reconciled"):
    """It was looked up whether an unknown call took effect; `output` is what the look-up showed."""

    call_id: str
    happened: bool
    output: str = ""


class ToolCompleted(msgspec.Struct, frozen=True, tag="tool.completed"):
    """J8: the tool's own answer, which goes to the model."""

    call_id: str
    output: str
    fact: Fact | None = None


class ToolFailed(msgspec.Struct, frozen=True, tag="tool.failed"):
    """J8: it certainly had no effect, or its answer is a failure. `code` may be shown to the model."""

    call_id: str
    code: str
    message: str


class ToolHanded(msgspec.Struct, frozen=True, tag="tool.handed"):
    """The call was handed over to whoever asks the agent; its output is waited for until then."""

    call_id: str
    key: str
    expires_ms: int


class ToolsAnswered(msgspec.Struct, frozen=True, tag="tools.answered"):
    """The caller's results of all calls that were handed over, or none for those that are `late`."""

    outputs: dict[str, str]  # by call id
    by: str
    late: tuple[str, ...] = ()


class ChildStarted(msgspec.Struct, frozen=True, tag="child.started"):
    """J10: another agent's run was begun for a call; it is there if and only if this is."""

    call_id: str
    key: str
    run_id: str


class ChildRecalled(msgspec.Struct, frozen=True, tag="child.recalled"):
    """The other run was told to end."""

    call_id: str


class ChildEnded(msgspec.Struct, frozen=True, tag="child.ended"):
    """J10: the child run ended, written together with its own end. Its usage is charged to the account."""

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
    """The workflow moved to a node, by which choices; it makes these calls, finishes, or failed."""

    turn: int
    node: str
    path: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    text: str = ""
    failed: str = ""


class FlowUndone(msgspec.Struct, frozen=True, tag="flow.undone"):
    """What a node did is made good by a call, because the run will not come to a good end."""

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
    items: tuple[Item, ...] = ()  # what is said to an agent that a workflow hands over to


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
    """The hold is over."""

    by: str


class CancelRequested(msgspec.Struct, frozen=True, tag="run.cancelling"):
    """Nothing new is started; calls in flight are settled first."""

    by: str


class LimitReached(msgspec.Struct, frozen=True, tag="limit.reached"):
    """J12: which limit, how much of it was used."""

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
    """It may, up to another soft limit; 0: up to the hard one."""

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
    """Raises msgspec.DecodeError for what no version of this code wrote."""
    event: Event = _DECODER.decode(body)
    return event


def name_of(event: Event) -> str:
    """The event's name in the journal, such as `tool.intent`."""
    return str(event.__struct_config__.tag)
