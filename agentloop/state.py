"""The state of a run at one point of its journal, and which event may come next."""

from enum import Enum

import msgspec

from agentloop import events as e
from agentloop.steps import IllegalMove, Step, StepState


class Phase(Enum):
    """What the run is about. `ENDED` is final."""

    NEW = "new"
    READY = "ready"  # the model is to be asked
    ASKING = "asking"  # it may have been
    ACTING = "acting"  # it asked for tools
    SAID = "said"  # it said its last word
    BROKEN = "broken"  # no model answered
    LIMITED = "limited"  # a limit was reached
    UNDOING = "undoing"  # it will come to no good end: what it did is made good
    ENDED = "ended"

    __hash__ = object.__hash__  # each is there once; what Enum does is a call of Python's


P = Phase

GOING = frozenset([P.READY, P.ACTING])  # where nearly all is decided
WALL = "wall"  # the limit that the clock reaches, not the run

_BEFORE_THE_END = (P.READY, P.ACTING, P.SAID, P.BROKEN, P.LIMITED, P.UNDOING)

# Which event may come in which phase, and the phase after it. Events of one tool call leave the phase as it
# is: their own table is in `agentloop.steps`.
NEXT_PHASE: dict[tuple[Phase, type[msgspec.Struct]], Phase] = {
    (P.NEW, e.RunCreated): P.READY,
    (P.READY, e.ModelRequested): P.ASKING,
    (P.ACTING, e.ModelRequested): P.ASKING,
    (P.ASKING, e.ModelCompleted): P.ACTING,
    (P.ASKING, e.ModelFailed): P.BROKEN,
    (P.ASKING, e.LimitReached): P.LIMITED,  # it could not be paid for
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
        for phase in (
            P.ACTING,
            P.LIMITED,
            P.UNDOING,
        )  # what was begun still comes to its end
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
    """What the run and its children have used of its limits; `errors` counts consecutive tool failures.

    `turns` are those of the runs that it began.
    """

    tool_calls: int = 0
    tokens: int = 0
    cost: int = 0
    errors: int = 0
    turns: int = 0
    children: int = 0


class Result(msgspec.Struct, frozen=True):
    """What a workflow's call came to."""

    output: str
    well: bool


class Place(msgspec.Struct, frozen=True):
    """Where a workflow is, what was answered on the way; `undo` are nodes that may be made good."""

    node: str = ""
    results: dict[str, Result] = {}
    visits: dict[str, int] = {}
    undo: tuple[str, ...] = ()


class Summary(msgspec.Struct, frozen=True):
    """The text that replaces the conversation's first `through` items, and the last question asked.

    That was about the first `asked` items, for the `attempt`-th time; `failed` is how far one led to nothing.
    """

    text: str = ""
    through: int = 0
    asked: int = 0
    attempt: int = 0
    open: bool = False  # whether it may be in the air
    failed: int = 0


class Run(msgspec.Struct, frozen=True):
    """Everything that is known of a run after its first `seq` events.

    A struct, which `replace` copies in a thirtieth of the time that a dataclass takes: each event does twice.
    """

    id: str
    seq: int = 0
    phase: Phase = Phase.NEW
    agent: str = ""
    digest: str = ""
    definition: str = ""
    limits: e.Limits = e.Limits()
    items: tuple[e.Item, ...] = ()  # the conversation as the model is to see it
    turn: int = 0
    attempt: int = 0  # of this turn's model call
    steps: tuple[Step, ...] = ()  # this turn's tool calls
    calls: tuple[tuple[str, str], ...] = ()  # tool and argument hash of each call ever intended
    made: tuple[e.ToolCall, ...] = ()  # those calls, each once
    facts: tuple[e.Fact, ...] = ()  # the newest word of each thing
    who: e.Who = e.Who()
    parent: e.Parent | None = None
    place: Place | None = None  # of a workflow
    used: Used = Used()
    summary: Summary = Summary()
    said: str = ""
    cut: str = ""  # why what was said last has no end
    fault: e.ModelFailed | None = None
    limit: e.LimitReached | None = None
    over: e.BudgetAsked | None = None  # what a person is asked to raise
    held: bool = False
    cancelling: bool = False
    ending: e.RunFinished | None = None

    def step(self, call_id: str) -> Step:
        """The tool call of this turn with that id. Raises IllegalMove."""
        for step in self.steps:
            if step.call.call_id == call_id:
                return step
        raise IllegalMove(f"run {self.id} has no tool call {call_id!r} in turn {self.turn}")


def results(run: Run) -> dict[str, Result]:
    """What a workflow's calls came to, each by its name; of one that was made again the last one counts."""
    earlier = run.place.results if run.place is not None else {}
    new = {
        step.call.call_id.rpartition("#")[0]: Result(step.output, step.state is StepState.SUCCEEDED)
        for step in run.steps
        if step.done
    }
    return {**earlier, **new}
