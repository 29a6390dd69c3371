"""When a conversation is summed up, how far, and what is asked for it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentloop import commands as c
from agentloop import events as e
from agentloop.run import IllegalMove, Phase, Run, apply, replay
from agentloop.state import Summary
from agentloop.summing import due, kept, question
from agentloop.window import fitted, tokens_of
from tests.agentloop.test_window import STEPS, conversation, message

LONG = tuple(conversation([(1, 100)] * 30))
LIMITS = e.Limits(window=1_000, summary="brief", turns=99)
BEGUN = e.RunCreated("desk", "sha256:0", LONG, LIMITS)


def run_of(*events):
    return replay("run_1", (BEGUN, *events))


@given(STEPS, st.integers(200, 20_000))
def test_what_is_summed_up_begins_behind_the_task_ends_between_steps_and_makes_room(steps, budget):
    items = conversation(steps)
    through = due(items, budget, Summary())
    shown = fitted(items, budget)
    if sum(map(tokens_of, items)) <= budget:
        assert through == 0
    if through:
        assert 1 < through < len(items)
        assert json.loads(items[through].json)["type"] == "reasoning"
        assert len(shown) < len(items) or shown != tuple(items)
        after = Summary("short", through)
        assert due(items, budget, after) == 0  # not again before more has come


@given(STEPS, st.integers(400, 20_000), st.booleans())
def test_a_conversation_that_grows_is_summed_up_seldom_and_nothing_twice(steps, budget, well):
    items = [message("the task")]
    summary, asked = Summary(), []
    for number in range(1, len(steps) + 1):
        items = conversation(steps[:number])
        through = due(items, budget, summary)
        if not through:
            continue
        assert through > max([0, *asked])
        asked.append(through)
        summary = Summary("short", through) if well else Summary(failed=through)
    weight = sum(min(tokens_of(item), 300) for item in items)
    assert len(asked) <= 1 + weight // (budget // 8)


def test_a_question_holds_the_task_the_summary_so_far_and_what_is_new():
    items = [
        message("the task"),
        message("old"),
        e.Item(json.dumps({"type": "reasoning", "encrypted_content": "sealed"})),
        e.Item(json.dumps({"type": "function_call", "name": "look", "arguments": '{"id":"A-7"}'})),
        e.Item(json.dumps({"type": "function_call_output", "output": "x" * 9_000})),
        message([{"type": "output_text", "text": "well"}], "assistant"),
        message("newest"),
    ]
    asked = question(items, 6, 8_000, Summary("it began", 2))
    lines = asked.text.splitlines()
    assert lines[:2] == ["user: the task", "what came then, summed up: it began"]
    assert lines[2] == 'call of look: {"id":"A-7"}'
    assert lines[3].endswith("(5000 characters left out)")
    assert lines[4:] == ["assistant: well"]
    assert asked.most == 1_000


def test_a_question_fits_however_long_its_items_are():
    items = [message("x" * 50_000) for _ in range(20)]
    assert len(question(items, 19, 1_000, Summary()).text) < 3 * 2_000 + 20 * 60


def test_a_summary_is_no_longer_than_its_room():
    assert kept("  so far \n", 100) == "so far"
    assert len(kept("ä" * 9_000, 100).encode()) <= 600


def test_it_is_asked_for_before_the_model_and_the_model_sees_it():
    run = run_of()
    asks = c.decide(run)
    assert isinstance(asks, c.RequestSummary)
    run = apply(run, e.SummaryRequested(asks.through, asks.attempt))
    sums = c.decide(run)
    assert isinstance(sums, c.SumUp)
    assert (sums.model, sums.room, sums.allowed) == ("brief", LIMITS.cost, LIMITS.cost)
    run = apply(run, e.SummaryCompleted(asks.through, "thirty looks", 90, 70))
    assert (run.used.tokens, run.used.cost) == (90, 70)
    assert c.decide(run) == c.RequestModel(1, 1)
    shown = c.decide(apply(run, e.ModelRequested(1, 1)))
    assert isinstance(shown, c.AskModel)
    assert "thirty looks" in shown.items[1].json
    assert shown.room == LIMITS.cost - 70


def test_a_lost_question_is_asked_again_under_its_own_number():
    asks = c.decide(run_of())
    run = run_of(e.SummaryRequested(asks.through, 1), e.RunClaimed("w"))
    assert c.decide(run) == c.RequestSummary(asks.through, 2)
    assert run.phase is Phase.READY


@pytest.mark.parametrize("empty", [True, False])
def test_without_a_summary_the_run_goes_on_and_what_was_paid_is_counted(empty):
    through = c.decide(run_of()).through
    failed = (
        e.SummaryCompleted(through, "", 90, 70)
        if empty
        else e.SummaryFailed(through, "nobody_answered", "none")
    )
    run = run_of(e.SummaryRequested(through, 1), failed)
    assert run.used.cost == (70 if empty else 0)
    assert c.decide(run) == c.RequestModel(1, 1)
    shown = c.decide(apply(run, e.ModelRequested(1, 1)))
    assert "left out here.)" in shown.items[1].json


def test_a_limit_that_the_summary_reaches_ends_the_run():
    through = c.decide(run_of()).through
    run = run_of(e.SummaryRequested(through, 1), e.SummaryCompleted(through, "dear", 90, LIMITS.cost))
    assert c.decide(run) == c.NoteLimit("cost", LIMITS.cost, LIMITS.cost)


def test_nobody_is_asked_while_the_run_is_held_or_ends():
    through = c.decide(run_of()).through
    asked = (e.SummaryRequested(through, 1),)
    assert c.decide(run_of(*asked, e.RunPaused("key_9"))) == c.Rest("paused")
    assert c.decide(run_of(*asked, e.CancelRequested("key_9"))) == c.Finish("cancelled")


@pytest.mark.parametrize(
    "event", [e.SummaryCompleted(3, "so", 1, 1), e.SummaryFailed(3, "x", "y")], ids=["answer", "failure"]
)
def test_an_answer_to_what_was_not_asked_cannot_follow(event):
    with pytest.raises(IllegalMove, match="did not ask for a summary of its first 3 items"):
        run_of(event)
    with pytest.raises(IllegalMove):
        apply(Run("run_1", phase=Phase.ACTING), event)


def test_without_a_model_for_it_nothing_is_summed_up():
    run = replay("run_1", [e.RunCreated("desk", "sha256:0", LONG, e.Limits(window=1_000))])
    assert c.decide(run) == c.RequestModel(1, 1)
