"""What others measured counts as if it had been measured here, and never more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.averages import MANY, Averages, weight_of
from routing.target import TargetState

AVERAGES = st.builds(
    Averages,
    st.integers(1, 10_000),
    st.booleans(),
    st.floats(1, 9e4),
    st.floats(0.1, 9e2),
    st.floats(1, 1e5),
    st.floats(0, 1),
    st.floats(0, 1),
)


def called(times: int, first: float = 0.1) -> TargetState:
    state = TargetState("v/m")
    for number in range(1, times + 1):
        state.began(number, 0.0, state.streams)
        state.content(number, first, state.streams)
        state.left(number, first, state.streams)
        state.good(0.0, first)
        state.wrote(1000.0, 101, 0.5)
    return state


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_a_weight_is_a_share_and_more_calls_never_weigh_less(fresh: int, known: int) -> None:
    assert 0.0 < weight_of(fresh, known) <= 1.0
    assert weight_of(fresh, known) <= weight_of(fresh + 1, known)
    assert weight_of(fresh, 0) == 1.0


@given(AVERAGES, st.integers(1, 50), st.integers(1, 50))
def test_what_is_heard_draws_an_average_towards_it_and_never_beyond(
    told: Averages, own: int, fresh: int
) -> None:
    state = called(own)
    before = state.averages
    state.heard(told, fresh)
    names = ["per_token_ms", "output_tokens", "cached_share", "success"]
    for name in [*names, *(["first_token_ms"] if told.streamed else [])]:
        ends = sorted([getattr(before, name), getattr(told, name)])
        assert ends[0] - 0.01 <= getattr(state, name) <= ends[1] + 0.01
    if not told.streamed:
        assert state.first_token_ms == pytest.approx(before.first_token_ms, abs=0.01)


def test_who_is_new_begins_with_what_others_know_and_own_calls_count_from_then_on() -> None:
    state = called(0)
    state.heard(called(500).averages, MANY)
    assert (state.first_token_ms, state.per_token_ms, state.output_tokens) == (100.0, 10.0, 101.0)
    assert (state.cached_share, state.success) == (0.5, 1.0)
    state.began(1, 0.0, state.streams)
    state.content(1, 0.9, state.streams)
    assert state.first_token_ms == pytest.approx(100 + 800 * 0.05)


def test_whole_answers_say_nothing_of_the_first_token_where_others_have_streams() -> None:
    state = called(0)
    state.heard(called(500).averages, MANY)
    state.began(1, 0.0, state.wholes)
    state.content(1, 9.0, state.wholes)
    assert state.first_token_ms == 100.0
