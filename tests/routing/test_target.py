"""A target's averages, its calls under way and what planning reads of it."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.breaker import FAILURES_IN_A_ROW, OPEN_SECONDS, WARM_SECONDS, Circuit
from routing.health import TargetHealth
from routing.target import Credential, KeyState, TargetState


def target(keys: int = 1) -> TargetState:
    state = TargetState("v/m")
    state.keys = tuple(KeyState(f"env K{number}", Credential()) for number in range(keys))
    return state


def call(state: TargetState, began: float, first: float, number: int = 1) -> None:
    state.began(number, began, state.streams)
    state.content(number, first, state.streams)
    state.left(number, first, state.streams)
    state.good(began, first)


def opened() -> TargetState:
    state = target()
    for _ in range(FAILURES_IN_A_ROW):
        state.bad(0.0, 0.0)
    return state


def test_a_state_can_be_planned_with() -> None:
    health: TargetHealth = target()
    assert (health.share, health.open, health.success, health.in_flight) == (1.0, False, 1.0, 0)


def test_the_first_content_is_averaged_over_what_came_lately() -> None:
    state = target()
    call(state, 0.0, 0.2)
    assert state.first_token_ms == pytest.approx(200)
    for number in range(200):
        call(state, number, number + 0.5)
    assert state.first_token_ms == pytest.approx(500, rel=0.05)
    assert state.samples == 201


def test_what_an_answer_came_to_is_averaged() -> None:
    state = target()
    state.good(0.0, 1.0)
    state.wrote(900.0, 10, 0.5)
    assert (state.per_token_ms, state.output_tokens, state.cached_share) == (100.0, 10, 0.5)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=40))
def test_calls_under_way_are_counted_until_they_are_over(calls: list[tuple[bool, float]]) -> None:
    state = target()
    for number, (content, at) in enumerate(calls, 1):
        state.began(number, at, state.wholes)
        assert state.in_flight == number
        if content:
            state.content(number, at + 1, state.wholes)
    for number in range(1, len(calls) + 1):
        state.left(number, 5.0, state.wholes)
    assert state.in_flight == 0 and state.wholes.pending == {}


def test_an_open_target_says_why_and_when_it_is_asked_again() -> None:
    state = opened()
    assert (state.share, state.open, state.troubled) == (0.0, True, True)
    assert state.reason == "its breaker is open, 2.0 s to the next probe"


def test_one_call_alone_finds_out_whether_it_is_back() -> None:
    state = opened()
    assert state.look(OPEN_SECONDS) and not state.open
    state.began(7, OPEN_SECONDS, state.streams)
    assert state.open and "a probe is under way" in state.reason
    state.left(7, 3.0, state.streams)
    assert not state.open, "a probe whose caller left said nothing: the next one is asked"
    state.began(8, 3.0, state.streams)
    state.left(8, 3.5, state.streams)
    assert state.good(3.0, 3.5) and state.breaker.circuit is Circuit.WARMING
    assert 0.0 < state.share < 1.0
    state.look(3.5 + WARM_SECONDS)
    assert (state.share, state.troubled) == (1.0, False)


def test_calls_that_hang_since_before_do_not_hold_up_the_probe() -> None:
    state = target()
    state.began(1, 0.0, state.streams)
    for _ in range(FAILURES_IN_A_ROW):
        state.bad(0.0, 0.0)
    state.look(OPEN_SECONDS)
    assert state.in_flight == 1 and not state.open


def test_a_call_that_waits_too_long_is_a_failure_before_it_ends() -> None:
    state = target()
    state.streams.judge(100.0)
    for number in range(1, FAILURES_IN_A_ROW + 1):
        state.began(number, 0.0, state.streams)
    assert not state.overdue(0.9, state.streams)
    assert state.overdue(1.1, state.streams) and state.open
    assert state.first_token_ms == pytest.approx(1100)
    assert not state.overdue(2.0, state.streams), "each call is counted once"


def test_whole_answers_say_nothing_of_the_first_token_where_there_are_streams() -> None:
    state = target()
    state.began(1, 0.0, state.wholes)
    state.content(1, 9.0, state.wholes)
    assert state.first_token_ms == pytest.approx(9000)
    call(state, 0.0, 0.2)
    assert state.first_token_ms == pytest.approx(200)
    state.began(2, 0.0, state.wholes)
    state.content(2, 9.0, state.wholes)
    assert state.first_token_ms == pytest.approx(200)


def test_it_waits_when_all_its_keys_do_until_the_first_may_be_used() -> None:
    state = target(keys=2)
    state.keys[0].until, state.keys[0].reason = 20.0, "its vendor asks to wait"
    state.wait(10.0)
    assert not state.open
    state.keys[1].credential.until, state.keys[1].reason = 15.0, "its vendor refused the key"
    state.wait(10.0)
    assert state.open and state.reason == "its vendor refused the key, 5 s to wait"
    state.look(14.9)
    assert state.open
    state.look(15.1)
    assert not state.open and not state.troubled


def test_a_refusal_for_the_calls_own_sake_shows_that_a_target_is_back() -> None:
    state = opened()
    assert not state.alive(0.0, 1.0)
    state.look(OPEN_SECONDS)
    assert state.alive(OPEN_SECONDS, OPEN_SECONDS)
    assert state.breaker.circuit is Circuit.WARMING


def test_what_is_due_is_the_end_of_a_wait_or_the_next_probe() -> None:
    state = target()
    assert state.due == inf
    state.trip(10.0)
    assert state.due == 10.0 + OPEN_SECONDS
    state.keys[0].until = 11.0
    state.wait(10.0)
    assert state.due == 11.0


def test_a_call_that_is_answered_has_left_and_gone_well() -> None:
    one, other = TargetState("one"), TargetState("other")
    for state in (one, other):
        state.bad(0.0, 1.0)
        state.began(1, 1.0, state.wholes)
        state.began(2, 1.0, state.wholes)
    assert one.answered(1, 1.0, 2.0, one.wholes, (0.0, 40, 0.5)) is False
    other.content(1, 2.0, other.wholes)
    other.left(1, 2.0, other.wholes)
    other.good(1.0, 2.0)
    other.wrote(0.0, 40, 0.5)
    assert one.averages == other.averages
    assert (one.in_flight, one.success, one.outcomes) == (1, other.success, other.outcomes)
    assert one.wholes.pending == other.wholes.pending == {2: 1.0}
