"""What a moderation's results say, in the form of https://platform.openai.com/docs/guides/moderation."""

import json

import pytest

from config.catalog import GuardFacts
from guardrails.distant import Remark, Shown
from guardrails.guards.moderation import GUARD

SHOWN = Shown("input", ("hello", "a threat"), ("system", "user"))
FINE = {"flagged": False, "categories": {"hate/threatening": False}, "category_scores": {"hate": 0.01}}


def result(*, flagged: bool = True, **categories: float) -> dict[str, object]:
    names = {name.replace("__", "/"): score for name, score in categories.items()}
    said = {name: score > 0.5 for name, score in names.items()}
    return {"flagged": flagged, "categories": said, "category_scores": names}


TABLE = [
    ("nothing", {}, [FINE, FINE], []),
    ("a category", {}, [FINE, result(hate__threatening=0.9)], [Remark("HATE_THREATENING", 1, 0, 8)]),
    ("two", {}, [result(a=0.9, b=0.8), FINE], [Remark("A", 0, 0, 5), Remark("B", 0, 0, 5)]),
    ("another is named", {"types": ("hate",)}, [FINE, result(violence=0.9)], []),
    ("its own threshold", {"thresholds": {"a": 0.2}}, [FINE, result(a=0.3)], [Remark("A", 1, 0, 8)]),
    ("a higher one", {"thresholds": {"violence": 0.95}}, [FINE, result(violence=0.9)], []),
    ("without a reason", {}, [FINE, result(violence=0.1)], [Remark("FLAGGED", 1, 0, 8)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "results", "found"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_what_is_found(facts: dict[str, object], results: list[object], found: list[Remark]) -> None:
    guard = GUARD.build(GuardFacts("rude", "moderation", model="m", **facts))  # type: ignore[arg-type]
    assert guard.remarks(SHOWN, json.dumps({"id": "modr-1", "results": results}).encode()) == found


@pytest.mark.parametrize(
    "answer",
    [b"", b"{}", b'{"error":{}}', json.dumps({"results": [FINE]}).encode(), b'{"results":[{},{}]}'],
)  # fmt: skip
def test_what_is_no_answer(answer: bytes) -> None:
    guard = GUARD.build(GuardFacts("rude", "moderation", model="m"))
    with pytest.raises(ValueError, match="answer"):
        guard.remarks(SHOWN, answer)


def test_it_asks_about_each_text() -> None:
    guard = GUARD.build(GuardFacts("rude", "moderation", model="m"))
    assert json.loads(guard.question(SHOWN)) == {"model": "m", "input": ["hello", "a threat"]}
    assert (guard.action, guard.stages) == ("block", {"input"})


def test_it_masks_nothing_for_it_knows_no_place() -> None:
    with pytest.raises(ValueError, match="block or flag"):
        GUARD.build(GuardFacts("rude", "moderation", action="mask", model="m"))
