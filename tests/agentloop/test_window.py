"""A conversation that is too long is cut where it hurts least, and never in the middle of a call."""

import json

from hypothesis import given
from hypothesis import strategies as st

from agentloop.commands import decide
from agentloop.events import Item, Limits
from agentloop.run import Phase, Run
from agentloop.state import Summary
from agentloop.window import fitted, tokens_of


def message(text, role="user"):
    return Item(json.dumps({"role": role, "content": text}))


def step(number, calls, size):
    """Reasoning, calls, and an output for each."""
    ids = [f"c{number}_{at}" for at in range(calls)]
    return [
        Item(json.dumps({"type": "reasoning", "id": f"r{number}"})),
        *(Item(json.dumps({"type": "function_call", "call_id": each, "arguments": "{}"})) for each in ids),
        *(
            Item(json.dumps({"type": "function_call_output", "call_id": each, "output": "x" * size}))
            for each in ids
        ),
    ]


STEPS = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3000)), max_size=12)


def conversation(steps):
    return [message("the task"), *(item for n, each in enumerate(steps) for item in step(n, *each))]


@given(STEPS, st.integers(1, 20_000))
def test_calls_keep_their_outputs_and_the_task_and_the_newest_step_stay(steps, budget):
    items = conversation(steps)
    shown = [json.loads(item.json) for item in fitted(items, budget)]
    assert shown[0] == {"role": "user", "content": "the task"}
    calls = [each["call_id"] for each in shown if each.get("type") == "function_call"]
    outputs = [each["call_id"] for each in shown if each.get("type") == "function_call_output"]
    assert calls == outputs
    thoughts = [each["id"][1:] for each in shown if each.get("type") == "reasoning"]
    assert thoughts == list(dict.fromkeys(each[1:].partition("_")[0] for each in calls))
    if steps:
        assert calls[-1].startswith(f"c{len(steps) - 1}_")


@given(STEPS, st.integers(1, 20_000))
def test_it_fits_as_soon_as_it_can(steps, budget):
    items = conversation(steps)
    least = fitted(items, 1)
    shown = fitted(items, budget)
    room = sum(map(tokens_of, shown))
    assert room <= max(budget + 40, sum(map(tokens_of, least)))  # the note of what is left out is beside it
    if sum(map(tokens_of, items)) <= budget:
        assert list(shown) == items


def test_old_outputs_are_cut_before_steps_are_left_out():
    items = conversation([(1, 3000), (1, 3000), (1, 300)])
    shown = [json.loads(item.json) for item in fitted(items, 900)]
    outputs = [each["output"] for each in shown if "output" in each]
    assert ["left out" in each for each in outputs] == [True, True, False]
    assert outputs[-1] == "x" * 300


def test_what_is_left_out_is_said():
    shown = [json.loads(item.json) for item in fitted(conversation([(1, 100)] * 30), 400)]
    assert "items of this conversation were left out" in shown[1]["content"]


def test_a_summary_stands_behind_the_task_for_what_it_sums_up():
    items = conversation([(1, 100)] * 30)
    summary = Summary("twenty steps went well", 61)
    shown = [json.loads(item.json) for item in fitted(items, 2_000, summary=summary)]
    assert shown[0] == {"role": "user", "content": "the task"}
    assert (shown[1]["role"], shown[1]["content"].splitlines()[1]) == ("user", "twenty steps went well")
    assert "60 items" in shown[1]["content"]
    assert [json.dumps(each) for each in shown[2:]] == [item.json for item in items[61:]]
    tight = [json.loads(item.json) for item in fitted(items, 500, summary=summary)]
    assert tight[:2] == shown[:2]
    assert "left out here.)" in tight[2]["content"]


def test_a_run_shows_its_model_what_fits_and_keeps_everything():
    items = tuple(conversation([(1, 100)] * 30))
    run = Run("run_1", phase=Phase.ASKING, turn=1, attempt=1, items=items, limits=Limits(window=400))
    asked = decide(run)
    assert len(asked.items) < len(items)
    assert asked.items == fitted(items, 400)


def test_without_a_window_everything_is_shown():
    items = conversation([(3, 3000)] * 12)
    assert list(fitted(items, 0)) == items
