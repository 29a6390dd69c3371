"""The state of a run at one point of its journal, and which events may come next."""

from enum import Enum

import msgspec

from agentloop import events as e
from agentloop.steps import IllegalMove, Step, StepState


class Phase(Enum):
    """The stage of a run. `ENDED` is final."""

    NEW = "new"
    READY = "ready"  # the model is to be asked
    ASKING = "asking"  # the model may have been asked
    ACTING = "acting"  # the model requested tool calls
    SAID = "said"  # the model gave its final answer
    BROKEN = "broken"  # no model answered
    LIMITED = "limited"  # a limit was reached
    UNDOING = "undoing"  # the run will not succeed: its effects are compensated
    ENDED = "ended"

    __hash__ = object.__hash__  # members are singletons, and Enum's own hash is a slow Python function


P = Phase

GOING = frozenset([P.READY, P.ACTING])  # the phases in which most decisions are made
WALL = "wall"  # the limit on the run's time, which the clock reaches

_BEFORE_THE_END = (P.READY, P.ACTING, P.SAID, P.BROKEN, P.LIMITED, P.UNDOING)

# Which event may come in which phase, and the phase after it. Events of a tool call do not change the phase;
# `agentloop.steps` has their own table.
NEXT_PHASE: dict[tuple[Phase, type[msgspec.Struct]], Phase] = {
    (P.NEW, e.RunCreated): P.READY,
    (P.READY, e.ModelRequested): P.ASKING,
    (P.ACTING, e.ModelRequested): P.ASKING,
    (P.ASKING, e.ModelCompleted): P.ACTING,
    (P.ASKING, e.ModelFailed): P.BROKEN,
    (P.ASKING, e.LimitReached): P.LIMITED,  # the call was not affordable
    (P.READY, e.LimitReached): P.LIMITED,
    **{(phase, kind): phase for phase in (P.READY, P.ACTING) for kind in (e.BudgetAsked, e.BudgetRaised)},
    (P.ACTING, e.LimitReached): P.LIMITED,
    **{
        (phase, kind): phase
        for phase in (P.READY, P.ACTING)
        for kind in (e.SummaryRequested, e.SummaryCompleted, e.SummaryFailed)
    },
    **{
        (phase, kind): phase
        for phase in (P.ACTING, P.LIMITED, P.UNDOING)  # calls that have begun are still completed
        for kind in (
            e.PolicyDecided,
            e.ApprovalRequested,
            e.ApprovalEscalated,
            e.ApprovalResolved,
            e.ToolIntended,
            e.ToolUnderway,
            e.ToolUnknown,
            e.ToolAbandoned,
            e.ToolReconciled,
            e.ToolCompleted,
            e.ToolFailed,
            e.ToolHanded,
            e.ToolsAnswered,
            e.ChildStarted,
            e.ChildRecalled,
            e.ChildEnded,
            e.DoubtResolved,
        )
    },
    (P.ACTING, e.HandedOff): P.ACTING,
    (P.READY, e.FlowAdvanced): P.ACTING,
    (P.ACTING, e.FlowAdvanced): P.ACTING,
    **{(phase, e.FlowUndone): P.UNDOING for phase in (P.READY, P.ACTING, P.BROKEN, P.LIMITED, P.UNDOING)},
    **{
        (phase, kind): phase
        for phase in (P.READY, P.ASKING, P.ACTING, P.SAID, P.BROKEN, P.LIMITED, P.UNDOING)
        for kind in (e.RunClaimed, e.RunPaused, e.RunResumed, e.CancelRequested)
    },
    **{(phase, e.RunFinished): P.ENDED for phase in _BEFORE_THE_END},
}


class Used(msgspec.Struct, frozen=True):
    """How much of its limits the run and its children have used; `errors` counts consecutive tool failures.

    `turns` counts those of the child runs.
    """

    tool_calls: int = 0
    tokens: int = 0
    cost: int = 0
    errors: int = 0
    turns: int = 0
    children: int = 0


class Result(msgspec.Struct, frozen=True):
    """The outcome of a workflow's call."""

    output: str
    well: bool


class Place(msgspec.Struct, frozen=True):
    """A workflow's current node and the results so far; `undo` are the nodes that can be compensated."""

    node: str = ""
    results: dict[str, Result] = {}
    visits: dict[str, int] = {}
    undo: tuple[str, ...] = ()


class Summary(msgspec.Struct, frozen=True):
    """The text that replaces the conversation's first `through` items, and the latest summary request.

    That request covers the first `asked` items and is the `attempt`-th for them; `failed` is the item count
    of the last failed one.
    """

    text: str = ""
    through: int = 0
    asked: int = 0
    attempt: int = 0
    open: bool = False  # whether it may be in flight
    failed: int = 0


class Run(msgspec.Struct, frozen=True):
    """Everything known about a run after its first `seq` events.

    A struct: `replace`, called twice per event, is 30 times as fast as for a dataclass.
    """

    id: str
    seq: int = 0
    phase: Phase = Phase.NEW
    agent: str = ""
    digest: str = ""
    definition: str = ""
    limits: e.Limits = e.Limits()
    items: tuple[e.Item, ...] = ()  # the conversation as the model sees it
    turn: int = 0
    attempt: int = 0  # of this turn's model call
    steps: tuple[Step, ...] = ()  # this turn's tool calls
    calls: tuple[tuple[str, str], ...] = ()  # tool and argument hash of each call ever intended
    made: tuple[e.ToolCall, ...] = ()  # those calls, each once
    facts: tuple[e.Fact, ...] = ()  # the newest about each subject
    who: e.Who = e.Who()
    parent: e.Parent | None = None
    place: Place | None = None  # set for a workflow
    used: Used = Used()
    summary: Summary = Summary()
    said: str = ""
    cut: str = ""  # why the final answer is incomplete
    fault: e.ModelFailed | None = None
    limit: e.LimitReached | None = None
    over: e.BudgetAsked | None = None  # the soft limit that a person is asked to raise
    held: bool = False
    cancelling: bool = False
    ending: e.RunFinished | None = None

    def step(self, call_id: str) -> Step:
        """The tool call of this turn with that id. Raises IllegalMove if there is none."""
        for step in self.steps:
            if step.call.call_id == call_id:
                return step
        raise IllegalMove(f"run {self.id} has no tool call {call_id!r} in turn {self.turn}")


def results(run: Run) -> dict[str, Result]:
    """The outcomes of a workflow's calls by name; of repeated calls, the last."""
    earlier = run.place.results if run.place is not None else {}
    new = {
        step.call.call_id.rpartition("#")[0]: Result(step.output, step.state is StepState.SUCCEEDED)
        for step in run.steps
        if step.done
    }
    return {**earlier, **new}
