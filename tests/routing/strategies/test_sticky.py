"""A session stays where its prompt is cached, unless staying costs too much."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from routing.health import Standing, nothing_known
from routing.plan import Candidate
from routing.strategies.sticky import STRATEGY, order
from tests.routing.values import facts, health, priced

FOUR = [Candidate(name) for name in "abcd"]
CAP = {"cap": 2.0}


def ranked(session: str, candidates: list[Candidate]) -> list[str]:
    return [choice.target for choice in order(facts(affinity=session), candidates, CAP, nothing_known)]


@given(st.text(min_size=1), st.permutations(FOUR))
def test_a_session_has_its_order_however_the_file_lists_the_targets(
    session: str, shuffled: list[Candidate]
) -> None:
    assert ranked(session, shuffled) == ranked(session, FOUR)


@given(st.text(min_size=1), st.sampled_from("abcd"))
def test_when_a_target_goes_only_its_own_sessions_move(session: str, gone: str) -> None:
    before = ranked(session, FOUR)
    after = ranked(session, [each for each in FOUR if each.name != gone])
    assert after == [name for name in before if name != gone]


def test_sessions_are_spread_by_weight() -> None:
    uneven = [Candidate("a", 3), Candidate("b", 1)]
    homes = Counter(ranked(f"session {n}", uneven)[0] for n in range(2000))
    assert 1400 < homes["a"] < 1600


def test_every_order_of_equal_targets_is_as_frequent_as_any_other() -> None:
    orders = Counter(tuple(ranked(f"session {n}", FOUR)) for n in range(4800))
    assert len(orders) == 24
    assert all(130 < count < 270 for count in orders.values())  # 200 each; 14 would be usual


def test_a_call_without_a_session_goes_by_its_draw() -> None:
    homes = Counter(order(facts(n / 400), FOUR, CAP, nothing_known)[0].target for n in range(400))
    assert set(homes) == {"a", "b", "c", "d"}
    assert order(facts(0.1), FOUR, CAP, nothing_known)[0].reason == "no session: drawn"


def test_a_home_that_is_too_dear_is_left_and_the_reason_says_what_staying_would_cost() -> None:
    cheap, dear = priced("cheap", 1.0, 1.0), priced("dear", 9.0, 9.0)
    found = [
        order(facts(affinity=str(n), input_tokens=600), [cheap, dear], CAP, nothing_known) for n in range(40)
    ]
    assert {choices[0].target for choices in found} == {"cheap"}
    reasons = {choices[0].reason for choices in found}
    assert reasons == {"this session's", "staying with dear would cost $0.0090000, here about $0.0010000"}


def test_within_the_cap_the_session_stays() -> None:
    near = [priced("a", 1.0, 1.0), priced("b", 1.9, 1.9)]
    found = Counter(order(facts(affinity=str(n)), near, CAP, nothing_known)[0].target for n in range(200))
    assert found["b"] > 50


def test_a_warm_cache_counts_for_staying() -> None:
    home, other = priced("home", 3.0, 1.0, cached=0.3), priced("other", 1.0, 1.0)
    session = next(
        str(n) for n in range(99) if ranked(str(n), [Candidate("home"), Candidate("other")])[0] == "home"
    )
    call = facts(affinity=session, input_tokens=10_000)
    assert order(call, [home, other], CAP, nothing_known)[0].target == "other"
    warm = health(home=Standing(cached_share=0.9))
    assert order(call, [home, other], CAP, warm)[0].target == "home"


def test_without_prices_nothing_is_compared() -> None:
    mixed = [Candidate("a"), priced("b", 1.0, 1.0)]
    homes = {order(facts(affinity=str(n)), mixed, CAP, nothing_known)[0].target for n in range(50)}
    assert homes == {"a", "b"}


def test_it_asks_for_the_session_and_the_size() -> None:
    assert STRATEGY.wants == {"size", "affinity"}


def test_who_is_alone_is_told_to_be() -> None:
    assert [choice.reason for choice in order(facts(), FOUR[:1], CAP, nothing_known)] == ["the only one left"]
