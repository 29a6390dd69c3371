"""What the results of a Presidio analyzer say, in the form that its pages tell."""

import json

import pytest

from config.catalog import GuardFacts, GuardService
from guardrails.distant import Remark, Shown
from guardrails.guards.presidio import GUARD

SHOWN = Shown("input", ("Ann", "met Bob in Rome"), ("user", "user"))  # asked as "Ann\n\nmet Bob in Rome"
FACTS = GuardFacts("names", "presidio", service=GuardService("https://p.example/analyze", "p.example:443"))


def result(kind: str, start: int, end: int, score: float = 0.85) -> dict[str, object]:
    # It says more than that, such as recognition_metadata.
    return {"entity_type": kind, "start": start, "end": end, "score": score, "analysis_explanation": None}


TABLE = [
    ("nothing", [], []),
    ("in the first text", [result("PERSON", 0, 3)], [Remark("PERSON", 0, 0, 3)]),
    ("in the second", [result("PERSON", 9, 12)], [Remark("PERSON", 1, 4, 7)]),
    ("over both", [result("PERSON", 1, 8)], [Remark("PERSON", 0, 1, 3), Remark("PERSON", 1, 0, 3)]),
    ("between them", [result("PERSON", 3, 5)], []),
    ("too unsure", [result("LOCATION", 16, 20, 0.4)], []),
]


@pytest.mark.parametrize(("said", "found"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_is_found(said: list[dict[str, object]], found: list[Remark]) -> None:
    assert GUARD.build(FACTS).remarks(SHOWN, json.dumps(said).encode()) == found


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b'{"error":"no language"}',
        b"[{}]",
        json.dumps([result("PERSON", 0, 21)]).encode(),
        json.dumps([result("PERSON", -1, 2)]).encode(),
        json.dumps([result("PERSON", 2, 2)]).encode(),
        json.dumps([result("", 0, 3)]).encode(),
    ],
)
def test_what_is_no_answer(answer: bytes) -> None:
    with pytest.raises(ValueError, match="answer|finding"):
        GUARD.build(FACTS).remarks(SHOWN, answer)


def test_how_sure_it_must_be_is_said_by_type() -> None:
    facts = GuardFacts("names", "presidio", thresholds={"location": 0.3}, service=FACTS.service)
    answer = json.dumps([result("LOCATION", 16, 20, 0.4)]).encode()
    assert GUARD.build(facts).remarks(SHOWN, answer) == [Remark("LOCATION", 1, 11, 15)]


@pytest.mark.parametrize("facts", [{}, {"service": FACTS.service, "languages": ("en", "de")}])
def test_settings_that_make_no_guard(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="names"):
        GUARD.build(GuardFacts("names", "presidio", **facts))  # type: ignore[arg-type]
