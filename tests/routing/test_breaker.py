"""No interleaving of outcomes leaves a breaker where it must not be."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.breaker import (
    FAILURES_IN_A_ROW,
    FIRST_SHARE,
    LONGEST_OPEN,
    NEXT,
    OPEN_SECONDS,
    WARM_SECONDS,
    Breaker,
    Circuit,
    Event,
)

MOVES = st.lists(
    st.tuples(
        st.sampled_from(["good", "bad", "look", "trip"]),
        st.floats(0, 4),  # seconds that pass before it
        st.floats(0, 20),  # how long ago the call began
    ),
    max_size=60,
)
LEGAL = {(before, after) for (before, _), after in NEXT.items()}


def opened(now: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES_IN_A_ROW):
        breaker.bad(now, now)
    assert breaker.circuit is Circuit.OPEN
    return breaker


@given(MOVES)
def test_no_interleaving_of_outcomes_leaves_an_illegal_state(moves: list[tuple[str, float, float]]) -> None:
    breaker, now = Breaker(), 100.0
    seen = [breaker.circuit]
    for move, passes, ago in moves:
        now += passes
        before = breaker.circuit
        if move in ("good", "bad"):
            moved = getattr(breaker, move)(now - ago, now)
        else:
            moved = getattr(breaker, move)(now)
        assert moved == (breaker.circuit is not before)
        assert 0.0 <= breaker.share(now) <= 1.0
        assert (breaker.share(now) == 0.0) == (breaker.circuit is Circuit.OPEN)
        if breaker.circuit is Circuit.OPEN:
            assert breaker.due - now <= LONGEST_OPEN
        seen.append(breaker.circuit)
    assert {pair for pair in pairwise(seen) if pair[0] is not pair[1]} <= LEGAL


@given(MOVES)
def test_from_wherever_it_is_a_target_that_is_back_gets_all_its_traffic_within_half_a_minute(
    moves: list[tuple[str, float, float]],
) -> None:
    breaker, now = Breaker(), 100.0
    for move, passes, _ in moves:
        now += passes
        getattr(breaker, move)(*((now, now) if move in ("good", "bad") else (now,)))
    back = now
    while breaker.share(now) < 1.0 or breaker.circuit is not Circuit.CLOSED:
        now += 0.25
        breaker.look(now)
        if breaker.circuit in (Circuit.PROBING, Circuit.WARMING):
            breaker.good(now, now)
        assert now - back < 30.0


def test_what_is_not_in_the_table_moves_nothing() -> None:
    assert len(NEXT) == 6
    for circuit, event in product(Circuit, Event):
        assert NEXT.get((circuit, event)) is not circuit


def test_a_few_failures_among_good_outcomes_are_borne() -> None:
    breaker = Breaker()
    for _ in range(50):
        assert not any(breaker.bad(1.0, 1.0) for _ in range(FAILURES_IN_A_ROW - 2))
        for _ in range(7):
            breaker.good(1.0, 1.0)
    assert breaker.circuit is Circuit.CLOSED


def test_when_most_calls_fail_it_opens_though_none_in_a_row_do() -> None:
    breaker = Breaker()
    for _ in range(20):
        breaker.bad(1.0, 1.0)
        breaker.bad(1.0, 1.0)
        breaker.good(1.0, 1.0)
    assert breaker.circuit is Circuit.OPEN


def test_each_probe_that_fails_doubles_the_time_it_is_open() -> None:
    breaker, now, times = opened(), 0.0, []
    for _ in range(6):
        times.append(breaker.due - now)
        now = breaker.due
        assert breaker.look(now) and breaker.circuit is Circuit.PROBING
        assert breaker.bad(now, now)
    assert times == [OPEN_SECONDS, 4.0, 8.0, LONGEST_OPEN, LONGEST_OPEN, LONGEST_OPEN]


def test_a_good_probe_lets_it_warm_up_and_one_failure_then_opens_it_again() -> None:
    breaker = opened()
    breaker.look(OPEN_SECONDS)
    assert breaker.good(OPEN_SECONDS, 3.0) and breaker.circuit is Circuit.WARMING
    assert breaker.share(3.0) == FIRST_SHARE < breaker.share(3.0 + WARM_SECONDS / 2) < 1.0
    assert breaker.bad(3.5, 4.0) and breaker.circuit is Circuit.OPEN


@pytest.mark.parametrize("outcome", ["good", "bad"])
def test_a_call_of_before_says_nothing_of_now(outcome: str) -> None:
    breaker = opened()
    breaker.look(OPEN_SECONDS)
    assert not getattr(breaker, outcome)(0.0, OPEN_SECONDS + 1)
    assert breaker.circuit is Circuit.PROBING
