"""A plan asks every target once, tier after tier."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.plan import Candidate, Choice, Facts, Tier, plan, settled

NAMES = st.sampled_from("abcde")
TIERS = st.lists(
    st.builds(
        lambda group, names: tier(group, *names),
        st.sampled_from(["fast", "smart", "last"]),
        st.lists(NAMES, max_size=4, unique=True),
    ),
    max_size=4,
)


def tier(group: str, *names: str, strategy: str = "as declared") -> Tier:
    return Tier(group, strategy, tuple(Candidate(name) for name in names))


def as_declared(facts: Facts, candidates: Sequence[Candidate]) -> list[Choice]:
    return [Choice(candidate.name, f"declared for {facts.model}") for candidate in candidates]


def backwards(facts: Facts, candidates: Sequence[Candidate]) -> list[Choice]:
    return [Choice(candidate.name, "backwards") for candidate in reversed(candidates)]


STRATEGIES = {"as declared": as_declared, "backwards": backwards}
FACTS = Facts("m", 0.5)


def targets(choices: tuple[Choice, ...] | None) -> list[str]:
    return [choice.target for choice in choices or ()]


@given(TIERS)
def test_every_target_comes_once_and_no_tier_before_an_earlier_one(tiers: list[Tier]) -> None:
    every = [candidate.name for each in tiers for candidate in each.candidates]
    assert targets(plan(FACTS, tiers, STRATEGIES)) == list(dict.fromkeys(every))


def test_each_tier_is_ordered_by_its_own_strategy() -> None:
    tiers = [tier("fast", "a", "b"), tier("smart", "c", "d", strategy="backwards")]
    assert targets(plan(FACTS, tiers, STRATEGIES)) == ["a", "b", "d", "c"]


def test_a_target_of_two_tiers_keeps_its_first_place_and_reason() -> None:
    tiers = [tier("fast", "a"), tier("smart", "b", "a", strategy="backwards")]
    assert plan(FACTS, tiers, STRATEGIES) == (Choice("a", "declared for m"), Choice("b", "backwards"))


@given(TIERS)
def test_what_can_be_settled_at_load_is_the_plan_of_every_call(tiers: list[Tier]) -> None:
    found = settled(tiers)
    if found is None:
        assert any(len(each.candidates) != 1 for each in tiers)
    else:
        assert targets(found) == targets(plan(FACTS, tiers, STRATEGIES))


@pytest.mark.parametrize(
    ("tiers", "found"),
    [
        pytest.param([tier("fast", "a")], [("a", "the only target")], id="one target"),
        pytest.param(
            [tier("fast", "a"), tier("smart", "b")],
            [("a", "the only target"), ("b", "fallback smart")],
            id="one each",
        ),
        pytest.param(
            [tier("fast", "a"), tier("smart", "a")], [("a", "the only target")], id="the same twice"
        ),
        pytest.param([tier("fast", "a", "b")], None, id="two to choose from"),
        pytest.param([tier("fast", "a"), tier("smart")], None, id="a tier of nobody"),
        pytest.param([], [], id="no tier"),
    ],
)
def test_only_a_plan_without_a_choice_is_settled(
    tiers: list[Tier], found: list[tuple[str, str]] | None
) -> None:
    expected = None if found is None else tuple(Choice(*each) for each in found)
    assert settled(tiers) == expected
