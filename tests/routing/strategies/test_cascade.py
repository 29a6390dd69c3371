"""Cheap first; what its answers are held against is checked at load."""

import pytest

from config.errors import Unfit
from routing.health import nothing_known
from routing.plan import Candidate, Choice
from routing.strategies.cascade import STRATEGY, branch, checks, missing, order, unsure
from tests.routing.values import facts

OPTIONS = {name: option.default for name, option in STRATEGY.options.items()}


def test_the_cheap_side_comes_first_and_it_is_said_what_is_checked() -> None:
    found = branch(facts(), {**OPTIONS, "verify": ("state", "model")})
    assert found.branches == ("cheap", "strong")
    assert found.note.reason == "cheap first, its answer held against state, model"


@pytest.mark.parametrize(
    ("written", "read"),
    [("judge", ("judge",)), (["model", "state"], ("state", "model")), (("state", "state"), ("state",))],
)
def test_checks_are_made_the_cheap_ones_first(written: object, read: tuple[str, ...]) -> None:
    assert checks(written) == read


@pytest.mark.parametrize("written", ["guess", [], 7, ["state", "guess"]])
def test_a_check_that_is_none_is_refused(written: object) -> None:
    with pytest.raises(Unfit, match="judge, model, schema, state"):
        checks(written)


def test_a_check_needs_what_it_checks_by() -> None:
    assert missing({**OPTIONS, "verify": ("state", "schema")}) is None
    assert missing({**OPTIONS, "verify": ("model",)}) == (
        "`verify: model` without a `model`",
        "model: router.bin",
    )
    assert missing({**OPTIONS, "verify": ("judge",), "judge": "smart"}) is None


def test_not_knowing_escalates_or_accepts() -> None:
    assert unsure("accept") == "accept"
    with pytest.raises(Unfit):
        unsure("hope")


def test_it_has_no_targets_of_its_own() -> None:
    assert order(facts(), [Candidate("v/m")], OPTIONS, nothing_known) == [Choice("v/m", "as listed")]
