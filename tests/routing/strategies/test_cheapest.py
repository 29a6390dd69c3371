"""The cheapest comes first by what calls turned out to cost; what could be cheaper is tried now and then."""

import pytest

from routing.health import Standing, nothing_known
from routing.plan import Candidate
from routing.strategies.cheapest import STRATEGY, order
from tests.routing.values import facts, health, priced, told

A, B, FREE = priced("a", 1.0, 4.0, cached=0.1), priced("b", 0.9, 4.0), Candidate("unpriced")
NEVER = {"explore": 0.0}
CALL = facts(input_tokens=1000)


def test_before_anything_is_measured_the_list_price_decides() -> None:
    assert told(order(CALL, [A, FREE, B], NEVER, nothing_known)) == [
        ("b", "cheapest, about $0.0025000"),
        ("a", "next, about $0.0026000"),
        ("unpriced", "no known price"),
    ]


@pytest.mark.parametrize(
    ("standing", "first"),
    [
        pytest.param(Standing(cached_share=0.5), "a", id="its cache makes it cheaper"),
        pytest.param(Standing(output_tokens=100), "a", id="its answers are short"),
        pytest.param(Standing(cached_share=0.5, success=0.5), "b", id="but it fails"),
    ],
)
def test_what_was_measured_decides(standing: Standing, first: str) -> None:
    known = health(a=standing, b=Standing(output_tokens=400))
    assert order(CALL, [A, B], NEVER, known)[0].target == first


@pytest.mark.parametrize(
    "answered", [Standing(), Standing(success=0.8)], ids=["never asked", "failed so far"]
)
def test_one_that_never_answered_is_taken_to_answer_as_shortly_as_the_others(answered: Standing) -> None:
    """Else it would never be asked again where answers are short, however much cheaper it is."""
    cheap, dear = priced("cheap", 0.1, 0.4), priced("dear", 1.0, 4.0)
    known = health(dear=Standing(output_tokens=5), cheap=answered)
    assert order(facts(input_tokens=20), [dear, cheap], NEVER, known)[0].target == "cheap"


def test_where_answers_are_short_one_that_was_long_once_is_tried_again() -> None:
    cheap, dear = priced("cheap", 0.1, 0.4), priced("dear", 1.0, 4.0)
    known = health(dear=Standing(output_tokens=5), cheap=Standing(output_tokens=900))
    found = order(facts(0.0, input_tokens=20), [dear, cheap], {"explore": 1.0}, known)
    assert found[0].reason == "tried, with 100.00% of calls: it may be cheaper"


def test_a_share_of_calls_tries_what_may_be_cheaper_and_says_with_what_chance() -> None:
    tried = [order(facts(n / 1000), [A, B], {"explore": 0.02}, nothing_known)[0] for n in range(1000)]
    assert sum(choice.target == "a" for choice in tried) == 20
    assert tried[0].reason == "tried, with 2.00% of calls: it may be cheaper"


def test_what_cannot_be_cheaper_is_never_tried() -> None:
    dear = priced("dear", 50.0, 100.0)
    assert [choice.target for choice in order(facts(0.0), [dear, B], {"explore": 1.0}, nothing_known)] == [
        "b",
        "dear",
    ]


def test_nobody_is_lost_by_trying() -> None:
    for draw in (0.0, 0.004, 0.0099):
        found = order(facts(draw), [A, FREE, B], {"explore": 0.01}, nothing_known)
        assert sorted(choice.target for choice in found) == ["a", "b", "unpriced"]


def test_it_asks_for_the_size_of_the_call() -> None:
    assert STRATEGY.wants == {"size"}
    assert STRATEGY.options["explore"].default == 0.01
