"""Another strategy than the file's, for one call."""

from config.strategies import found_strategies
from gateway.routing.ordered import ordered_by
from routing.plan import Candidate, Tier

TWO = (Candidate("a"), Candidate("b"))


def test_the_same_targets_are_ordered_otherwise_with_the_strategys_defaults() -> None:
    tiers, wants = ordered_by([Tier("g", "weighted", TWO)], "cheapest", found_strategies()["cheapest"])
    assert [(each.strategy, each.candidates, dict(each.options)) for each in tiers] == [
        ("cheapest", TWO, {"explore": 0.01})
    ]
    assert wants == {"size"}


def test_which_group_is_asked_stays_the_files_decision() -> None:
    outer = Tier("auto", "weighted", (), {}, {"cheap": (Tier("fast", "weighted", TWO),)})
    (tier,), _ = ordered_by([outer], "sticky", found_strategies()["sticky"])
    assert (tier.strategy, tier.branches["cheap"][0].strategy) == ("weighted", "sticky")
