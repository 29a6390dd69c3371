"""What a service's answer says, and when it is none."""

import json

import pytest

from config.catalog import GuardFacts, GuardService
from guardrails.distant import Remark, Shown
from guardrails.guards.webhook import GUARD

SHOWN = Shown("input", ("be brief", "my name is Ann"), ("system", "user"))
FACTS = GuardFacts("far", "webhook", service=GuardService("https://g.example", "g.example:443"))

TABLE = [
    ("nothing", [], []),
    ("a place", [{"type": "name", "text": 1, "start": 11, "end": 14}], [Remark("NAME", 1, 11, 14)]),
    ("the whole text", [{"type": "tone", "text": 1}], [Remark("TONE", 1, 0, 14)]),
    ("the first text", [{"type": "hate/threat"}], [Remark("HATE_THREAT", 0, 0, 8)]),
    ("more than we know", [{"type": "tone", "score": 0.4}], [Remark("TONE", 0, 0, 8)]),
]


@pytest.mark.parametrize(("said", "found"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_is_found(said: list[dict[str, object]], found: list[Remark]) -> None:
    assert GUARD.build(FACTS).remarks(SHOWN, json.dumps({"findings": said}).encode()) == found


@pytest.mark.parametrize(
    "answer",
    [b"", b"{}", b"[]", b"true", b'{"findings":{}}', b'{"findings":[{}]}', b'{"findings":[{"type":1}]}'],
)
def test_what_is_no_answer(answer: bytes) -> None:
    with pytest.raises(ValueError, match="findings"):
        GUARD.build(FACTS).remarks(SHOWN, answer)


def test_only_the_types_count_that_are_named() -> None:
    facts = GuardFacts("far", "webhook", types=("name",), service=FACTS.service)
    answer = b'{"findings":[{"type":"tone"},{"type":"Name"}]}'
    assert GUARD.build(facts).remarks(SHOWN, answer) == [Remark("NAME", 0, 0, 8)]


def test_it_blocks_requests_unless_told_otherwise() -> None:
    guard = GUARD.build(FACTS)
    assert (guard.action, guard.stages) == ("block", {"input"})
    with pytest.raises(ValueError, match="url"):
        GUARD.build(GuardFacts("far", "webhook"))
