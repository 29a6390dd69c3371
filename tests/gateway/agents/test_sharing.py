"""Callers of a split label are shared out by weight, each to the same version while the weights stay."""

import pytest

from config.toolbox import Split
from gateway.agents.sharing import chosen

CALLERS = [f"caller_{number}" for number in range(4_000)]


def split(**weights: int) -> Split:
    return Split("desk@production", tuple(weights.items()))


def test_a_caller_has_the_same_version_each_time_whatever_their_order():
    one, other = split(old=9, new=1), split(new=1, old=9)
    assert [chosen(one, each) for each in CALLERS] == [chosen(other, each) for each in CALLERS]


@pytest.mark.parametrize("weight", [1, 5, 25, 50, 99])
def test_shares_are_as_the_weights_are(weight):
    found = sum(chosen(split(old=100 - weight, new=weight), each) == "new" for each in CALLERS)
    expected = len(CALLERS) * weight / 100
    assert abs(found - expected) < 4 * (expected * (100 - weight) / 100) ** 0.5 + 1


def test_a_weight_that_grows_moves_nobody_back():
    before, after = split(old=95, new=5), split(old=75, new=25)
    moved = [(chosen(before, each), chosen(after, each)) for each in CALLERS]
    assert ("new", "old") not in moved
    assert ("old", "new") in moved


def test_two_labels_do_not_share_out_alike():
    shares = (("old", 50), ("new", 50))
    found = {
        (chosen(Split("a@x", shares), each), chosen(Split("b@x", shares), each)) for each in CALLERS[:100]
    }
    assert len(found) == 4


def test_a_single_version_has_everybody():
    assert chosen(split(old=1), "anybody") == "old"
