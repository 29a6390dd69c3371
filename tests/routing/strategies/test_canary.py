"""A share of the callers asks the canary, always the same ones, and more of them as the share grows."""

from routing.health import nothing_known
from routing.plan import Candidate, Choice
from routing.strategies.canary import STRATEGY, order, side
from tests.routing.values import facts

THREE = [Candidate("new"), Candidate("a"), Candidate("b")]


def first(caller: str, share: float, draw: float = 0.5) -> str:
    options = {"target": "new", "share": share}
    return order(facts(draw, caller=caller), THREE, options, nothing_known)[0].target


def test_as_many_callers_as_the_share_says() -> None:
    asked = sum(first(f"key {n}", 0.1) == "new" for n in range(2000))
    assert 150 < asked < 250


def test_a_caller_keeps_its_side_whatever_is_drawn_and_while_the_share_grows() -> None:
    for n in range(100):
        sides = [first(f"key {n}", share, draw) == "new" for share in (0.05, 0.3, 1.0) for draw in (0.1, 0.9)]
        assert sides == sorted(sides)
        assert sides[::2] == sides[1::2]


def test_the_ends_of_the_share_are_nobody_and_everybody() -> None:
    assert "new" not in {first(f"key {n}", 0.0) for n in range(50)}
    assert {first(f"key {n}", 1.0) for n in range(50)} == {"new"}


def test_for_the_others_the_canary_comes_last() -> None:
    caller = next(f"key {n}" for n in range(99) if side("m", f"key {n}") >= 0.5)
    found = order(facts(caller=caller), THREE, {"target": "new", "share": 0.5}, nothing_known)
    assert found[-1] == Choice("new", "canary, last for this caller")
    assert len(found) == 3


def test_a_canary_that_is_not_eligible_changes_nothing() -> None:
    found = order(facts(), THREE[1:], {"target": "new", "share": 1.0}, nothing_known)
    assert sorted(choice.target for choice in found) == ["a", "b"]


def test_a_canary_alone_is_asked() -> None:
    found = order(facts(caller="x"), THREE[:1], {"target": "new", "share": 0.0}, nothing_known)
    assert found == [Choice("new", "canary, last for this caller")]


def test_the_target_must_be_named() -> None:
    assert STRATEGY.options["target"].required
