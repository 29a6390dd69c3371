"""The better of two drawn ones is asked, so that the fastest is not overrun."""

from collections import Counter

from routing.health import Standing, nothing_known
from routing.plan import Candidate
from routing.strategies.fastest import order
from tests.routing.values import facts, health

NAMES = [Candidate(name) for name in ("slow", "fast", "middle")]
MEASURED = health(
    slow=Standing(first_token_ms=900, per_token_ms=9),
    middle=Standing(first_token_ms=500, per_token_ms=5),
    fast=Standing(first_token_ms=100, per_token_ms=1),
)


def firsts(candidates: list[Candidate], draws: int = 600) -> Counter[str]:
    return Counter(order(facts((n + 0.5) / draws), candidates, {}, MEASURED)[0].target for n in range(draws))


def test_of_two_the_faster_one_always_comes_first() -> None:
    assert firsts(NAMES[:2]) == {"fast": 600}


def test_of_three_the_slowest_never_does_and_the_middle_one_in_a_third() -> None:
    found = firsts(NAMES)
    assert found["slow"] == 0
    assert abs(found["middle"] - 200) <= 3


def test_everybody_has_one_place_and_the_rest_is_by_time() -> None:
    for n in range(60):
        found = [choice.target for choice in order(facts(n / 60), NAMES, {}, MEASURED)]
        assert sorted(found) == ["fast", "middle", "slow"]
        assert [name for name in ("fast", "middle", "slow") if name in found[1:]] == found[1:]


def test_long_answers_make_the_tokens_count() -> None:
    both = health(
        a=Standing(first_token_ms=100, per_token_ms=20), b=Standing(first_token_ms=900, per_token_ms=1)
    )
    two = [Candidate("a"), Candidate("b")]
    assert order(facts(max_output=10), two, {}, both)[0].target == "a"
    assert order(facts(max_output=300), two, {}, both)[0].target == "b"


def test_who_was_never_measured_is_tried() -> None:
    known = health(a=Standing(first_token_ms=1, per_token_ms=1))
    assert order(facts(), [Candidate("a"), Candidate("b")], {}, known)[0].target == "b"


def test_the_reason_names_both_who_were_drawn() -> None:
    first = order(facts(0.0, max_output=100), NAMES[:2], {}, MEASURED)[0]
    assert first.reason == "about 200 ms, drawn with slow (about 1800 ms)"
    assert order(facts(), NAMES[:1], {}, nothing_known)[0].reason == "the only one left"
