"""A price is what a call comes to: cached tokens are cheaper, long answers dearer, failures paid again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.cost import (
    dollars,
    effective_cost,
    effective_costs,
    expected_ms,
    expected_times,
    least_cost,
    output_tokens,
    shortest_output,
)
from routing.facts import Candidate
from routing.health import UNKNOWN, Standing
from tests.routing.values import facts, priced
from tests.routing.values import health as of

CALL = facts(input_tokens=1_000_000, max_output=1_000_000)


@pytest.mark.parametrize(
    ("health", "cost"),
    [
        pytest.param(Standing(output_tokens=1_000_000), 4.0, id="as the list says"),
        pytest.param(Standing(output_tokens=1_000_000, cached_share=0.5), 3.55, id="half of it cached"),
        pytest.param(Standing(output_tokens=500_000), 2.5, id="short answers"),
        pytest.param(Standing(output_tokens=9_000_000), 4.0, id="no longer than the caller's bound"),
        pytest.param(Standing(output_tokens=1_000_000, success=0.5), 8.0, id="every second one fails"),
        pytest.param(
            Standing(output_tokens=1_000_000, success=0.0), 400.0, id="nothing works: dear, not endless"
        ),
    ],
)
def test_the_effective_price_is_the_list_price_as_it_turned_out(health: Standing, cost: float) -> None:
    found = effective_cost(CALL, priced("a", 1.0, 3.0, cached=0.1), health)
    assert found == pytest.approx(cost * 1e9)


def test_what_has_no_price_has_no_cost() -> None:
    nobody = Candidate("a")
    assert effective_cost(CALL, nobody, UNKNOWN) is None
    assert least_cost(CALL, nobody, 200) == float("inf")


def test_nothing_is_cheaper_than_the_least() -> None:
    call, target = facts(input_tokens=1000), priced("a", 1.0, 3.0, cached=0.1)
    at_best = effective_cost(call, target, Standing(cached_share=1.0, output_tokens=200))
    assert least_cost(call, target, 200) == pytest.approx(at_best)
    listed = effective_cost(call, target, UNKNOWN)
    assert listed is not None and least_cost(call, target, 200) < listed


def test_where_nothing_was_measured_an_answer_is_as_short_as_the_others() -> None:
    known = of(a=Standing(output_tokens=30), b=Standing(output_tokens=50))
    three = [priced(name, 0.0, 1.0) for name in ("a", "b", "c")]
    assert effective_costs(facts(), three, known) == [30_000.0, 50_000.0, 30_000.0]
    assert shortest_output(three, known) == 30
    assert shortest_output(three[2:], known) == 0


def test_a_price_per_call_is_part_of_it() -> None:
    target = priced("a", 0.0, 0.0)
    assert target.tariff is not None
    assert effective_cost(CALL, Candidate("a", tariff=target.tariff._replace(call=7)), UNKNOWN) == 7


def test_an_answer_is_as_long_as_usual_within_the_callers_bound() -> None:
    assert output_tokens(facts(), UNKNOWN) == 400
    assert output_tokens(facts(max_output=10), UNKNOWN) == 10
    assert output_tokens(facts(max_output=9000), Standing(output_tokens=20)) == 20


def test_the_time_to_an_answer_is_its_first_token_and_the_others() -> None:
    assert expected_ms(facts(max_output=100), Standing(first_token_ms=300, per_token_ms=10)) == 1300
    assert expected_ms(facts(), UNKNOWN) == 0


def test_amounts_are_told_as_people_write_them() -> None:
    assert [dollars(each) for each in (0, 40_900, 1_234_567, 2.5e9)] == [
        "$0.0000000",
        "$0.0000409",
        "$0.0012346",
        "$2.5000",
    ]


@given(
    st.none() | st.integers(1, 5000), st.floats(0, 5000), st.floats(0, 500), st.just(0.0) | st.floats(1, 5000)
)
def test_times_of_several_are_those_of_each(
    bound: int | None, first_ms: float, token_ms: float, usual: float
) -> None:
    here = Standing(first_token_ms=first_ms, per_token_ms=token_ms, output_tokens=usual)
    call, view = facts(max_output=bound), of(a=here)
    assert expected_times(call, [Candidate("a"), Candidate("b")], view) == [expected_ms(call, here), 0.0]
