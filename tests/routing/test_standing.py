"""Who is not to be asked now is set aside, and never everybody."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from routing.health import Standing
from routing.plan import Choice, Plan
from routing.standing import standing

OPEN = Standing(share=0.0, open=True, reason="its breaker is open", success=0.1)
SLOW = Standing(share=0.0, open=True, reason="its breaker is open", success=0.9)
LIMITED = Standing(share=0.0, open=True, limited=True, reason="its vendor asks to wait")
WARM = Standing(share=0.3, reason="it warms up")
WELL = Standing()
STANDINGS = st.sampled_from([OPEN, SLOW, LIMITED, WARM, WELL])
HEALTHS = st.dictionaries(st.sampled_from("abcde"), STANDINGS, min_size=1)


def plan(names: str) -> Plan:
    return tuple(Choice(name, "declared") for name in names)


def stood(names: str, healths: Mapping[str, Standing], draw: float = 0.5) -> str:
    return "".join(choice.target for choice in standing(plan(names), healths.__getitem__, draw)[0])


@given(HEALTHS, st.floats(0, 0.999))
def test_whoever_is_open_comes_last_and_nobody_is_lost(healths: dict[str, Standing], draw: float) -> None:
    kept, skipped = standing(plan("".join(healths)), healths.__getitem__, draw)
    names = [choice.target for choice in kept]
    assert sorted([*names, *(choice.target for choice in skipped)]) == sorted(healths)
    assert names, "somebody is always asked"
    opened = [healths[name].open for name in names]
    assert opened == sorted(opened)
    if not all(health.limited for health in healths.values()):
        assert not any(healths[name].limited for name in names)


def test_the_order_of_the_well_is_kept() -> None:
    assert stood("abcd", {"a": WELL, "b": OPEN, "c": WELL, "d": WELL}) == "acdb"


def test_a_target_that_warms_up_keeps_its_place_as_often_as_its_share_says() -> None:
    healths = {"a": WARM, "b": WELL}
    firsts = [stood("ab", healths, draw / 100)[0] for draw in range(100)]
    assert firsts.count("a") == 30


def test_where_all_are_open_the_least_bad_is_asked_first() -> None:
    assert stood("abc", {"a": OPEN, "b": SLOW, "c": OPEN}) == "bac"


def test_a_fallback_that_is_well_comes_before_a_first_choice_that_is_not() -> None:
    assert stood("ab", {"a": OPEN, "b": WELL}) == "ba"


def test_everybody_has_a_reason_for_the_place() -> None:
    healths = {"a": OPEN, "b": WARM, "c": WELL, "d": LIMITED}
    kept, skipped = standing(plan("abcd"), healths.__getitem__, 0.9)
    assert skipped == (Choice("d", "its vendor asks to wait"),)
    assert kept == (
        Choice("c", "declared"),
        Choice("b", "declared; it warms up"),
        Choice("a", "the last resort: its breaker is open"),
    )


def test_a_limited_target_is_asked_where_there_is_no_other() -> None:
    kept, skipped = standing(plan("d"), {"d": LIMITED}.__getitem__, 0.5)
    assert (kept, skipped) == ((Choice("d", "nobody else is left: its vendor asks to wait"),), ())
