"""What is made of the names that a model found."""

import json
from typing import Any

import pytest

from config.catalog import GuardFacts
from guardrails.distant import Remark, Shown
from guardrails.guards.names import GUARD

SHOWN = Shown("input", ("Ann", "met Bob in Rome"), ("user", "user"))
ANN, BOB, ROME = ("PERSON", 0, 3, 0.9), ("PERSON", 4, 7, 0.6), ("LOCATION", 11, 15, 0.7)


def remarks(said: Any, **settings: Any) -> list[Remark]:
    guard = GUARD.build(GuardFacts("names", "names", **settings))
    return list(guard.remarks(SHOWN, json.dumps({"names": said}).encode()))


def test_it_asks_about_the_texts_alone_and_masks() -> None:
    guard = GUARD.build(GuardFacts("names", "names"))
    assert json.loads(guard.question(SHOWN)) == {"texts": list(SHOWN.texts)}
    assert (guard.action, guard.stages) == ("mask", {"input"})


TABLE = [
    ("all", {}, [Remark("PERSON", 0, 0, 3), Remark("PERSON", 1, 4, 7), Remark("LOCATION", 1, 11, 15)]),
    ("places alone", {"types": ("location",)}, [Remark("LOCATION", 1, 11, 15)]),
    (
        "people who are surely some",
        {"thresholds": {"person": 0.8}},
        [Remark("PERSON", 0, 0, 3), Remark("LOCATION", 1, 11, 15)],
    ),
]


@pytest.mark.parametrize(("settings", "found"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_counts(settings: dict[str, Any], found: list[Remark]) -> None:
    assert remarks([[ANN], [BOB, ROME]], **settings) == found


@pytest.mark.parametrize("said", [[], [[ANN]], None, [[ANN], "Rome"], [[ANN], [["PERSON", "4", 7, 1]]]])
def test_what_is_no_answer(said: Any) -> None:
    with pytest.raises(ValueError, match="answer"):
        remarks(said)


def test_it_changes_no_answers() -> None:
    with pytest.raises(ValueError, match="answers"):
        GUARD.build(GuardFacts("names", "names", stages=("output",)))
