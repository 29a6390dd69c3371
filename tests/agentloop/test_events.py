"""What the journal holds is read again as it was written."""

from typing import get_args

import msgspec
import pytest

from agentloop import events as e

EVENTS = [
    e.RunCreated("desk", "sha256:1", (e.Item('{"role":"user"}'),), e.Limits(turns=3)),
    e.RunClaimed("worker-1"),
    e.ModelRequested(1, 1),
    e.ModelCompleted((e.Item("{}"),), (e.ToolCall("c", "t", "{"),), "so", 12, 3400, "req_1"),
    e.ModelFailed("nobody_answered", "all targets failed"),
    e.SummaryRequested(3, 1),
    e.SummaryCompleted(3, "so far", 12, 3400, "req_2", 4),
    e.SummaryFailed(3, "nobody_answered", "all targets failed"),
    e.PolicyDecided("c", "ask", ("big",), "", "keyed", "ab", "approvers", 5),
    e.ApprovalRequested("apr_1", "c", "approvers", "ab", 5),
    e.ApprovalEscalated("apr_1", "c", "leads", 9),
    e.ApprovalResolved("apr_1", "c", "approved", "key_9", "fine"),
    e.ToolIntended("c", "KEY", 1),
    e.ToolUnderway("c", "job-7", 5, 3, 1),
    e.ToolUnknown("c", "no answer"),
    e.ToolAbandoned("c", "five times"),
    e.ToolReconciled("c", True, "found"),
    e.ToolCompleted("c", "done"),
    e.ToolFailed("c", "timeout", "too slow"),
    e.ToolHanded("c", "KEY", 5),
    e.ToolsAnswered({"c": "done"}, "key_9", ("d",)),
    e.ChildStarted("c", "KEY", "run_2"),
    e.ChildRecalled("c"),
    e.ChildEnded("c", "run_2", "completed", "", "found", 2, 1, 20, 14),
    e.HandedOff("c", "other", "sha256:2", "{}"),
    e.FlowAdvanced(2, "act", ("route",), (e.ToolCall("act#2", "desk/act", "{}"),)),
    e.FlowUndone(3, "act", (e.ToolCall("act#3", "desk/undo", "{}"),)),
    e.DoubtResolved("c", "retry", "key_9"),
    e.RunPaused("key_9", "look"),
    e.RunResumed("key_9"),
    e.CancelRequested("key_9"),
    e.BudgetAsked("cost", 5, 5, 99),
    e.BudgetRaised("cost", 9, "key_9"),
    e.LimitReached("turns", 3, 3),
    e.RunFinished("completed", "", "bye"),
]


@pytest.mark.parametrize("event", EVENTS, ids=e.name_of)
def test_an_event_is_read_as_it_was_written(event):
    assert e.decode(e.encode(event)) == event


def test_every_kind_of_event_is_among_them():
    assert {type(event) for event in EVENTS} == set(get_args(e.Event))


def test_names_are_the_events_own():
    assert len({e.name_of(event) for event in EVENTS}) == len(EVENTS)


@pytest.mark.parametrize("body", ["", "{}", '{"type":"run.exploded"}', '{"type":"run.claimed"}'])
def test_what_no_version_wrote_is_refused(body):
    with pytest.raises(msgspec.DecodeError):
        e.decode(body)
