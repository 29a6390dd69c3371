"""Hard calls ask the strong group; how many that is, one dial says."""

from typing import Any

import pytest

from routing.health import nothing_known
from routing.plan import Candidate, Choice
from routing.strategies.difficulty import STRATEGY, branch, order
from tests.routing.values import facts

OPTIONS: dict[str, Any] = {"cheap": "fast", "strong": "smart", "dial": 0.3, "dial_when": (), "explore": 0.0}


@pytest.mark.parametrize(
    ("rank", "dial", "first"),
    [
        pytest.param(0.71, 0.3, "strong", id="among the hardest"),
        pytest.param(0.69, 0.3, "cheap", id="not among them"),
        pytest.param(0.0, 1.0, "strong", id="quality whatever it costs"),
        pytest.param(1.0, 0.0, "cheap", id="cost alone"),
    ],
)
def test_the_dial_decides(rank: float, dial: float, first: str) -> None:
    found = branch(facts(score=0.2, rank=rank), {**OPTIONS, "dial": dial})
    assert found.branches[0] == first
    assert set(found.branches) == {"cheap", "strong"}
    assert found.note.verdict == first


def test_the_callers_dial_comes_before_the_files() -> None:
    assert branch(facts(score=0.2, rank=0.5, dial=0.9), OPTIONS).branches[0] == "strong"


def test_why_is_said_with_the_numbers_that_learning_needs() -> None:
    note = branch(facts(score=0.123456, rank=0.8), OPTIONS).note
    assert note.reason == "harder than 80% of late calls, the dial is 0.3"
    assert note.numbers == {"score": 0.12346, "rank": 0.8, "dial": 0.3, "propensity": 1.0}


def test_a_share_goes_by_a_coin_and_its_chance_is_told() -> None:
    calls = [
        branch(facts((n + 0.5) / 20_000, score=0.1, rank=0.1), {**OPTIONS, "explore": 0.1})
        for n in range(20_000)
    ]
    strong = [found for found in calls if found.branches[0] == "strong"]
    assert len(strong) / len(calls) == pytest.approx(0.05, abs=0.005)
    assert {found.note.numbers["propensity"] for found in strong} == {0.05}
    assert {found.note.numbers["propensity"] for found in calls} == {0.05, 0.95}
    assert strong[0].note.reason.startswith("a coin decided; ")


def test_what_cannot_be_judged_asks_the_strong_side() -> None:
    assert branch(facts(), OPTIONS).branches == ("strong", "cheap")


def test_it_has_two_groups_and_no_targets_of_its_own() -> None:
    assert {name for name, option in STRATEGY.options.items() if option.names == "group"} == {
        "cheap",
        "strong",
    }
    assert order(facts(), [Candidate("a")], OPTIONS, nothing_known) == [Choice("a", "as listed")]
