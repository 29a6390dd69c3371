"""The dial means a share of the team's own calls, whatever they score."""

import random
from decimal import Decimal

import pytest

from config.errors import Unfit
from routing.difficulty.dial import RECENT, Recent, dialled, dials

PRIOR = [n / 100 - 0.5 for n in range(101)]


def share(recent: Recent, dial: float, scores: list[float]) -> float:
    """How many of the calls are among the `dial` hardest of those before them."""
    strong = 0
    for score in scores:
        strong += recent.rank(score) >= 1 - dial
        recent.add(score)
    return strong / len(scores)


def test_the_first_calls_are_compared_with_what_the_model_learnt_from() -> None:
    recent = Recent(PRIOR)
    assert recent.rank(-1) == 0
    assert recent.rank(1) == 1
    assert recent.rank(0) == pytest.approx(0.5)


@pytest.mark.parametrize("dial", [0.1, 0.3, 0.8])
@pytest.mark.parametrize("centre", [-0.4, 0.0, 0.9], ids=["all easy", "as the model's", "all hard"])
def test_after_a_hundred_calls_the_share_is_the_teams_own(dial: float, centre: float) -> None:
    dice = random.Random(5)
    recent = Recent(PRIOR)
    share(recent, dial, [dice.gauss(centre, 0.1) for _ in range(150)])
    assert share(recent, dial, [dice.gauss(centre, 0.1) for _ in range(3000)]) == pytest.approx(
        dial, abs=0.03
    )


def test_traffic_that_changes_is_followed() -> None:
    dice = random.Random(6)
    recent = Recent(PRIOR)
    share(recent, 0.3, [dice.gauss(0, 0.1) for _ in range(RECENT)])
    share(recent, 0.3, [dice.gauss(5, 0.1) for _ in range(RECENT)])
    assert share(recent, 0.3, [dice.gauss(5, 0.1) for _ in range(2000)]) == pytest.approx(0.3, abs=0.03)


def test_equal_scores_count_half_and_without_any_call_all_are_hard() -> None:
    recent = Recent([])
    assert recent.rank(0.1) == 1
    for _ in range(10):
        recent.add(0.1)
    assert recent.rank(0.1) == 0.5


def test_what_is_remembered_is_bounded() -> None:
    recent = Recent(PRIOR)
    for n in range(3 * RECENT):
        recent.add(float(n))
    assert recent.rank(2 * RECENT - 1) == 0.0


@pytest.mark.parametrize(
    ("wish", "drained", "dial"),
    [
        pytest.param(None, 0.0, 0.3, id="the setting"),
        pytest.param(0.9, 0.0, 0.9, id="a wish comes before it"),
        pytest.param(None, 0.5, 0.2, id="half of the budget is used"),
        pytest.param(None, 0.99, 0.0, id="nearly all of it"),
        pytest.param(0.9, 0.5, 0.2, id="a wish cannot go beyond the rule"),
        pytest.param(0.1, 0.5, 0.1, id="but below"),
    ],
)
def test_a_budget_that_drains_moves_the_dial(wish: float | None, drained: float, dial: float) -> None:
    options = {"dial": 0.3, "dial_when": dials({"95%": "0%", "50%": Decimal("0.2")})}
    assert dialled(options, wish, drained) == dial


@pytest.mark.parametrize("written", [{}, "80%", {"80%": "lots"}, {"most": "10%"}])
def test_a_rule_that_is_none_is_refused(written: object) -> None:
    with pytest.raises(Unfit):
        dials(written)
