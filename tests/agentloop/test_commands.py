"""What a run wants next, whatever happened and wherever it was killed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentloop import events as e
from agentloop.commands import Abandon, Finish, Intend, Judge, NoteLimit, RequestModel, Rest, decide, digest
from agentloop.driver import _at_rest
from agentloop.run import Phase, Run, replay
from agentloop.steps import StepState
from tests.agentloop.world import World, live

EFFECTS = ("read", "idempotent", "keyed", "queryable", "transactional", "unsafe")
SCRIPTS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["orders", "mail", "forbidden"]), st.sampled_from(EFFECTS)), max_size=3
    )
    .map(tuple)
    .filter(bool),
    max_size=4,
)


def created(**limits):
    return e.RunCreated("desk", "sha256:1", (e.Item('{"role":"user","content":"hi"}'),), e.Limits(**limits))


def operator(run, command):
    """Approves what is asked and confirms what is in doubt; leaves a pause alone."""
    for step in run.steps:
        if command.why == "approval" and step.state is StepState.AWAITING:
            return e.ApprovalResolved(step.approval_id, step.call.call_id, "approved", "key_9")
        if command.why == "in_doubt" and step.state is StepState.IN_DOUBT:
            return e.DoubtResolved(step.call.call_id, "fail", "key_9")
    return None


def test_a_run_asks_the_model_then_its_tools_then_the_model_again():
    journal = [created()]
    run = live(World([(("orders", "read"),)]), journal)
    assert run.ending == e.RunFinished("completed", "", "turn 2")
    assert [e.name_of(event) for event in journal] == [
        "run.created",
        "model.requested",
        "model.completed",
        "policy.decided",
        "tool.intent",
        "tool.completed",
        "model.requested",
        "model.completed",
        "run.finished",
    ]
    assert '"output":"done"' in run.items[-2].json


@given(SCRIPTS, st.sets(st.integers(1, 40)))
def test_no_effect_happens_twice_and_none_is_lost_wherever_it_is_killed(script, kills):
    world = World(script, kills, asks={"mail"})
    journal = [created(tool_calls=500, turns=50, attempts=50)]
    run = live(world, journal, operator)
    assert run.ending is not None
    assert run.ending.status == "completed"
    assert all(count == 1 for count in world.effects.values())
    unsafe = [key for effect, key in world.calls if effect == "unsafe"]
    assert len(unsafe) == len(set(unsafe))
    wanted = sum(tool != "forbidden" for turn in script for tool, _ in turn)
    doubtful = sum(isinstance(event, e.DoubtResolved) for event in journal)
    assert wanted - doubtful <= len(world.effects) <= wanted


@given(SCRIPTS, st.sets(st.integers(1, 40)))
def test_every_prefix_of_a_journal_gives_the_commands_it_gave_when_it_was_written(script, kills):
    journal = [created()]
    live(World(script, kills, asks={"mail"}), journal, operator)
    written = [e.decode(e.encode(event)) for event in journal]
    for length in range(1, len(journal) + 1):
        assert digest(decide(replay("run_1", journal[:length]))) == digest(
            decide(replay("run_1", written[:length]))
        )


@given(SCRIPTS, st.sets(st.integers(1, 40)), st.data())
def test_a_cancelled_run_begins_nothing_new_and_ends(script, kills, data):
    world = World(script, kills)
    journal = [created()]
    live(world, journal, operator)
    length = data.draw(st.integers(1, len(journal) - 1))
    cut = [*journal[:length], e.RunClaimed("next"), e.CancelRequested("key_9")]
    before = len(world.calls)
    run = live(world, cut, operator)
    assert run.ending is not None
    assert run.ending.status in ("cancelled", "completed", "failed", "incomplete")
    begun = [event for event in cut[length:] if isinstance(event, e.ToolIntended | e.ModelRequested)]
    assert not begun
    assert len(world.calls) == before


LIMITS = [
    ({"turns": 2}, "max_turns", [(("orders", "read"),)] * 9),
    ({"tool_calls": 3}, "max_tool_calls", [(("orders", "read"), ("orders", "read"))] * 9),
    ({"tokens": 25}, "max_tokens", [(("orders", "read"),)] * 9),
    ({"cost": 14}, "max_cost", [(("orders", "read"),)] * 9),
]


@pytest.mark.parametrize(("limits", "reason", "script"), LIMITS, ids=[row[1] for row in LIMITS])
def test_a_limit_ends_a_run_with_its_reason_and_what_was_said(limits, reason, script):
    run = live(World(script), [created(**limits)])
    assert run.ending is not None
    assert (run.ending.status, run.ending.reason) == ("incomplete", reason)
    assert run.ending.output == f"turn {run.turn}"


@given(SCRIPTS, st.sets(st.integers(1, 40)), st.integers(1, 5), st.integers(1, 6))
def test_no_interleaving_uses_more_turns_or_calls_than_allowed(script, kills, turns, calls):
    run = live(World(script, kills), [created(turns=turns, tool_calls=calls)], operator)
    assert run.turn <= turns
    assert run.used.tool_calls <= calls
    assert run.phase is Phase.ENDED


def test_a_turn_whose_answer_was_lost_is_asked_again_under_its_own_number():
    run = replay("run_1", [created(turns=1), e.ModelRequested(1, 1), e.RunClaimed("next")])
    assert decide(run) == RequestModel(1, 2)


def test_a_model_that_nobody_could_ask_fails_the_run():
    journal = [created(), e.ModelRequested(1, 1), e.ModelFailed("nobody_answered", "…")]
    assert decide(replay("run_1", journal)) == Finish("failed", "nobody_answered")


def test_a_run_whose_model_has_no_room_now_rests_and_asks_again_when_its_time_has_come():
    failed = e.ModelFailed("rate_limit_exceeded", "…", again_ms=9000)
    journal = [created(turns=1), e.ModelRequested(1, 1), failed]
    run = replay("run_1", journal)
    assert (decide(run), _at_rest(run, Rest("capacity")).wake_ms) == (Rest("capacity"), 9000)
    assert decide(replay("run_1", [*journal, e.RunClaimed("next")])) == RequestModel(1, 2)
    held = [*journal, e.RunPaused("key_9"), e.RunClaimed("next")]
    assert decide(replay("run_1", held)) == Rest("paused")
    cancelled = [*journal, e.CancelRequested("key_9")]
    assert decide(replay("run_1", cancelled)) == Finish("cancelled")


def test_an_answer_that_was_cut_off_completes_nothing():
    asked = [created(), e.ModelRequested(1, 1)]
    cut = e.ModelCompleted((), (), "half a sen", 10, 7, cut="max_output_tokens")
    assert decide(replay("run_1", [*asked, cut])) == Finish("incomplete", "max_output_tokens", "half a sen")
    calls = (e.ToolCall("c", "orders:read", "{}"),)
    wishes = e.ModelCompleted((), calls, "", 10, 7, cut="max_output_tokens")
    assert decide(replay("run_1", [*asked, wishes])) == Judge("c")


def test_a_held_run_rests_until_it_is_let_go():
    journal = [created(), e.RunPaused("key_9")]
    assert decide(replay("run_1", journal)) == Rest("paused")
    assert decide(replay("run_1", [*journal, e.RunResumed("key_9")])) == RequestModel(1, 1)


def test_a_refused_call_is_told_to_the_model_and_the_run_goes_on():
    def refuse(run, command):
        step = run.steps[0]
        return e.ApprovalResolved(step.approval_id, step.call.call_id, "denied", "key_9", "too much")

    world = World([(("mail", "unsafe"),)], asks={"mail"})
    run = live(world, [created()], refuse)
    assert run.ending == e.RunFinished("completed", "", "turn 2")
    assert "too much" in run.items[-2].json
    assert not world.calls


def test_what_was_approved_is_judged_once_more():
    journal = [created()]
    run = live(World([(("mail", "keyed"),)], asks={"mail"}), journal)
    step = run.steps[0]
    journal.append(e.ApprovalResolved(step.approval_id, step.call.call_id, "approved", "key_9"))
    assert decide(replay("run_1", journal)) == Judge(step.call.call_id)


@pytest.mark.parametrize("effect", ["read", "keyed"])
def test_a_call_that_never_answers_is_not_tried_for_ever(effect):
    allowed = e.PolicyDecided("c", "allow", (), "", effect, "ab")
    asked = e.ModelCompleted((), (e.ToolCall("c", "orders", "{}"),), "", 1, 1)
    journal = [created(attempts=3), e.ModelRequested(1, 1), asked, allowed]
    while not isinstance(command := decide(replay("run_1", journal)), Abandon):
        assert isinstance(command, Intend)
        journal += [e.ToolIntended("c", "KEY", command.attempt), e.ToolUnknown("c", "no answer")]
    assert command.attempts == 3
    journal.append(e.ToolAbandoned("c", "no answer"))
    # What may have happened is a person's to say; what changed nothing is the model's to hear.
    after = decide(replay("run_1", journal))
    assert after == (RequestModel(2, 1) if effect == "read" else Rest("in_doubt"))


def test_a_limit_is_noted_before_the_run_ends():
    run = replay("run_1", [created(turns=0)])
    assert decide(run) == NoteLimit("turns", 0, 0)


def test_equal_commands_have_equal_digests_and_others_do_not():
    assert digest(RequestModel(1, 1)) == digest(RequestModel(1, 1))
    assert digest(RequestModel(1, 1)) != digest(RequestModel(1, 2))
    assert decide(Run("run_1", phase=Phase.ENDED)) == Rest("ended")
