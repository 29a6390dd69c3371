"""The moves of a tool call: exactly those of the table, and each effect's own when its runner went away."""

import itertools
from base64 import b32encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentloop.events import ToolCall
from agentloop.steps import DONE, LOST, NEXT, Happening, IllegalMove, Step, StepState, base32, idempotency_key

CALL = ToolCall("call_1", "orders/refund", "{}")


@pytest.mark.parametrize(
    ("state", "happening"),
    list(itertools.product(StepState, Happening)),
    ids=lambda value: value.name.lower(),
)
def test_a_step_moves_as_the_table_says_or_not_at_all(state, happening):
    step = Step(CALL, 1, state)
    if (state, happening) in NEXT:
        assert step.moved(happening).state is NEXT[state, happening]
    else:
        with pytest.raises(IllegalMove, match="call_1"):
            step.moved(happening)


def test_what_is_done_stays_done():
    assert not [state for state, _ in NEXT if state in DONE]


def test_every_state_but_done_has_a_way_on():
    assert {state for state, _ in NEXT} == set(StepState) - DONE


@pytest.mark.parametrize(
    ("effect", "state"),
    [
        ("read", StepState.ALLOWED),
        ("idempotent", StepState.ALLOWED),
        ("keyed", StepState.ALLOWED),
        ("transactional", StepState.ALLOWED),
        ("queryable", StepState.UNKNOWN),
        ("unsafe", StepState.IN_DOUBT),
    ],
)
def test_a_lost_call_is_repeated_only_where_that_is_harmless(effect, state):
    assert Step(CALL, 1, StepState.INTENDED, effect=effect).lost().state is state
    assert effect in LOST


def test_a_step_whose_effect_nobody_declared_is_unsafe():
    assert Step(CALL, 1, StepState.INTENDED).lost().state is StepState.IN_DOUBT


def test_keys_are_the_same_for_every_attempt_and_differ_in_everything_else():
    key = idempotency_key("run_1", 3, "orders/refund", "ab")
    assert key == idempotency_key("run_1", 3, "orders/refund", "ab")
    assert len(key) == 40
    others = [
        ("run_2", 3, "orders/refund", "ab"),
        ("run_1", 4, "orders/refund", "ab"),
        ("run_1", 3, "orders/cancel", "ab"),
        ("run_1", 3, "orders/refund", "ac"),
        ("run_13", 3, "orders/refund", "ab"),
    ]
    assert len({idempotency_key(*parts) for parts in others} | {key}) == len(others) + 1


@given(st.binary(min_size=25, max_size=25))
def test_the_signs_of_a_key_are_those_of_base32(data):
    assert base32(data) == b32encode(data).decode()


def test_a_key_that_tools_have_seen_stays_that_key():
    assert idempotency_key("run_1", 3, "orders/refund", "ab") == "M3KXBVID5V3U3ZLH7ORDEAQ5U65R7PEJ2LINBH7N"
