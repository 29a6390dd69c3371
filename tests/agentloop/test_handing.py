"""Calls that the caller makes: handed over, waited for as rows, answered all together, replayed alike."""

from dataclasses import replace

import pytest

from agentloop import commands as c
from agentloop import events as e
from agentloop.agents import CALLER, AgentVersion, ToolVersion
from agentloop.handing import MAX_OUTPUT, NotHanded, Unanswered, answered, cut, handed, overdue, patience_ms
from agentloop.journal import Entry
from agentloop.replaying import replayed
from agentloop.run import Run, apply, replay
from agentloop.state import Phase
from agentloop.steps import Step, StepState
from tests.agentloop.stories import DOOR, story

ASK = ToolVersion("page/ask", CALLER, "", {"type": "object"}, timeout=60.0)
AGENT = AgentVersion("desk", "fast", "", (ASK,), e.Limits())
CALLS = tuple(e.ToolCall(name, "page__ask", f'{{"of":"{name}"}}') for name in ("a", "b"))
WAITING = [
    entry.event
    for entry in story(AGENT, (e.ModelCompleted((), CALLS, "", 10, 7),))
    if entry.event is not None
]


def test_what_is_allowed_is_handed_over_counted_and_waited_for():
    run = replay("run_1", WAITING)
    assert c.decide(run) == c.Rest("tool_output")
    assert [step.call.call_id for step in handed(run)] == ["a", "b"]
    assert run.used.tool_calls == 2
    assert len({step.key for step in run.steps}) == 2
    times = [event.expires_ms for event in WAITING if isinstance(event, e.ToolHanded)]
    assert all(60_000 < at < 63_000 for at in times)
    assert patience_ms(None) == 0


def test_the_outputs_of_all_come_together_and_the_model_is_asked_next():
    run = replay("run_1", WAITING)
    word = answered(run, {"b": "x" * (MAX_OUTPUT + 1), "a": "here"}, "key_1")
    after = apply(run, word)
    assert [step.output for step in after.steps] == ["here", cut("x" * (MAX_OUTPUT + 1))]
    assert len(after.steps[1].output) < MAX_OUTPUT + 40
    assert c.decide(after) == c.RequestModel(2, 1)
    with pytest.raises(Unanswered, match="'b'"):
        answered(run, {"a": "here"}, "key_1")
    for wrong in ({"a": "1", "b": "2", "c": "3"}, {"z": "x"}):
        with pytest.raises(NotHanded):
            answered(run, wrong, "key_1")
    with pytest.raises(NotHanded):
        answered(after, {"a": "again"}, "key_1")


def test_when_the_time_of_one_is_over_none_is_waited_for():
    run = replay("run_1", WAITING)
    first = min(step.expires_ms for step in handed(run))
    assert overdue(run, first - 1) is None
    late = overdue(run, first)
    assert late == e.ToolsAnswered({}, "the clock", ("a", "b"))
    after = apply(run, late)
    assert [step.state for step in after.steps] == [StepState.FAILED] * 2
    assert after.used.errors == 2
    assert overdue(after, 2**42) is None


def test_a_call_that_waits_is_nothing_to_settle_for_a_run_that_is_to_end():
    run = apply(replay("run_1", WAITING), e.CancelRequested("key_1"))
    assert c.decide(run) == c.Finish("cancelled", output="")


def test_a_worker_that_dies_meanwhile_changes_nothing():
    run = apply(replay("run_1", WAITING), e.RunClaimed("another"))
    assert [step.state for step in run.steps] == [StepState.HANDED] * 2


def test_who_also_waits_for_a_person_is_shown_to_wait_for_both():
    asking = Step(e.ToolCall("c", "page__ask", "{}"), 3, StepState.AWAITING)
    run = Run("run_1", phase=Phase.ACTING, steps=(replay("run_1", WAITING).steps[0], asking))
    assert c.decide(run) == c.Rest("approval")


@pytest.mark.parametrize(
    "word", [e.ToolsAnswered({"a": "1", "b": "2"}, "key_1"), e.ToolsAnswered({}, "the clock", ("a", "b"))]
)
def test_a_replay_hands_over_the_same_and_takes_what_came_of_it_from_the_record(word):
    events = [*WAITING, word, e.ModelRequested(2, 1)]
    entries = [Entry(seq, 1, 1_000 + seq, event) for seq, event in enumerate(events)]
    assert replayed("run_1", entries, DOOR).difference is None
    index = next(at for at, event in enumerate(events) if isinstance(event, e.ToolHanded))
    forged = replace(entries[index], event=e.ToolHanded("a", "another key", 61_000))
    assert replayed("run_1", [*entries[:index], forged, *entries[index + 1 :]], DOOR).difference is not None
