"""Only what can follow is taken into a run."""

import pytest

from agentloop import events as e
from agentloop.run import NEXT_PHASE, Phase, Run, apply, replay
from agentloop.steps import IllegalMove
from tests.agentloop.test_events import EVENTS

CREATED = EVENTS[0]
ASKED = (CREATED, e.ModelRequested(1, 1))
CALLED = (*ASKED, e.ModelCompleted((), (e.ToolCall("c", "orders/get", "{}"),), "", 5, 2))


@pytest.mark.parametrize("phase", Phase, ids=lambda phase: phase.value)
@pytest.mark.parametrize("event", EVENTS, ids=e.name_of)
def test_an_event_that_cannot_follow_stops_the_run(phase, event):
    if (phase, type(event)) in NEXT_PHASE:
        return
    with pytest.raises(IllegalMove, match="run_1"):
        apply(Run("run_1", phase=phase), event)


def test_the_end_is_final():
    assert not [kind for phase, kind in NEXT_PHASE if phase is Phase.ENDED]


def test_the_model_is_not_asked_before_every_tool_has_answered():
    with pytest.raises(IllegalMove, match="before c has an output"):
        replay("run_1", [*CALLED, e.ModelRequested(2, 1)])


def test_an_approval_of_something_else_is_no_approval():
    asked = (*CALLED, e.PolicyDecided("c", "ask", ()), e.ApprovalRequested("apr_1", "c", "people", "", 0))
    with pytest.raises(IllegalMove, match="apr_2"):
        replay("run_1", [*asked, e.ApprovalResolved("apr_2", "c", "approved", "key_9")])


def test_an_outcome_of_a_call_that_nobody_made_is_refused():
    with pytest.raises(IllegalMove, match="no tool call 'other'"):
        replay("run_1", [*CALLED, e.ToolCompleted("other", "x")])
    with pytest.raises(IllegalMove, match="planned"):
        replay("run_1", [*CALLED, e.ToolCompleted("c", "x")])


def test_a_repeated_intent_counts_as_one_call():
    allowed = (*CALLED, e.PolicyDecided("c", "allow", (), "", "keyed", "ab"))
    run = replay(
        "run_1", [*allowed, e.ToolIntended("c", "K", 1), e.RunClaimed("w"), e.ToolIntended("c", "K", 2)]
    )
    assert run.used.tool_calls == 1
    assert run.calls == (("orders/get", "ab"),)


def test_failures_in_a_row_are_counted_until_one_succeeds():
    allowed = (*CALLED, e.PolicyDecided("c", "allow", (), "", "read", "ab"), e.ToolIntended("c", "K", 1))
    failed = replay("run_1", [*allowed, e.ToolFailed("c", "timeout", "slow")])
    assert failed.used.errors == 1
    assert replay("run_1", [*allowed, e.ToolCompleted("c", "fine")]).used.errors == 0
    assert '"timeout"' in failed.steps[0].output


def test_a_late_answer_of_a_call_in_doubt_settles_it():
    intended = (*CALLED, e.PolicyDecided("c", "allow", (), "", "unsafe", "ab"), e.ToolIntended("c", "K", 1))
    run = replay("run_1", [*intended, e.RunClaimed("w"), e.ToolCompleted("c", "it happened")])
    assert run.steps[0].output == "it happened"


def test_what_came_to_nothing_was_paid_all_the_same():
    begun = replay("run_1", [CREATED, e.SummaryRequested(1, 1), e.SummaryFailed(1, "x", "no", 30)])
    assert begun.used.cost == 30
    run = apply(apply(begun, e.ModelRequested(1, 1)), e.ModelFailed("vendor_failed", "it broke", 400))
    assert run.used.cost == 430
