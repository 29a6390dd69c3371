"""Who is not to be asked now is set aside, and never everybody."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from routing.health import Standing
from routing.plan import Choice, Plan
from routing.standing import standing

OPEN = Standing(share=0.0, open=True, reason="its breaker is open", success=0.1)
LIMITED = Standing(share=0.0, open=True, reason="its vendor asks to wait", success=0.9)
WARM = Standing(share=0.3, reason="it warms up")
WELL = Standing()
HEALTHS = st.dictionaries(st.sampled_from("abcde"), st.sampled_from([OPEN, LIMITED, WARM, WELL]), min_size=1)


def plan(names: str) -> Plan:
    return tuple(Choice(name, "declared") for name in names)


def stood(names: str, healths: Mapping[str, Standing], draw: float = 0.5) -> str:
    return "".join(choice.target for choice in standing(plan(names), healths.__getitem__, draw)[0])


@given(HEALTHS, st.floats(0, 0.999))
def test_no_open_target_is_asked_while_another_is_left(healths: dict[str, Standing], draw: float) -> None:
    kept, skipped = standing(plan("".join(healths)), healths.__getitem__, draw)
    opened = {name for name, health in healths.items() if health.open}
    names = [choice.target for choice in kept]
    if opened == healths.keys():
        assert sorted(names) == sorted(healths) and skipped == ()
    else:
        assert not opened & set(names)
        assert opened == {choice.target for choice in skipped}
        assert sorted([*names, *opened]) == sorted(healths)


def test_the_order_of_the_well_is_kept() -> None:
    assert stood("abcd", {"a": WELL, "b": OPEN, "c": WELL, "d": WELL}) == "acd"


def test_a_target_that_warms_up_keeps_its_place_as_often_as_its_share_says() -> None:
    healths = {"a": WARM, "b": WELL}
    firsts = [stood("ab", healths, draw / 100)[0] for draw in range(100)]
    assert firsts.count("a") == 30


def test_where_all_are_open_the_least_bad_is_asked_first() -> None:
    assert stood("ab", {"a": OPEN, "b": LIMITED}) == "ba"


def test_a_fallback_that_is_well_comes_before_a_first_choice_that_is_not() -> None:
    assert stood("ab", {"a": OPEN, "b": WELL}) == "b"


def test_everybody_left_out_has_a_reason() -> None:
    kept, skipped = standing(plan("abc"), {"a": OPEN, "b": WARM, "c": WELL}.__getitem__, 0.9)
    assert skipped == (Choice("a", "its breaker is open"),)
    assert kept == (Choice("c", "declared"), Choice("b", "declared; it warms up"))
