"""A change is noticed, and chance is not taken for one."""

import random

import pytest

from caching.semantic.drift import Drift


def first_alarm(law: list[float], seed: int, before: int = 500) -> int:
    """After how many pairs of the new law it is noticed; `law` is the share of wrong ones, then and now."""
    chance, drift = random.Random(seed), Drift()
    for place in range(before + 500):
        share = law[place >= before]
        if drift.see(chance.random() ** 0.5, chance.random() >= share):
            return place - before
    return 500


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3])
def test_steady_traffic_seldom_alarms(share: float) -> None:
    alarms = sum(first_alarm([share, share], seed) < 500 for seed in range(40))
    assert alarms <= 4


def test_a_change_is_seen_within_the_window() -> None:
    assert all(0 <= first_alarm([0.02, 0.4], seed) < 60 for seed in range(40))


def test_other_pairs_than_before_are_no_change() -> None:
    chance = random.Random(1)
    drift = Drift((score, chance.random() < score) for score in (chance.random() for _ in range(4000)))
    low = [(0.3 + chance.random() / 10) for _ in range(200)]
    assert not any(drift.see(score, chance.random() < score) for score in low)
