"""From remarks in characters to findings in bytes, whatever the text is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalog import GuardFacts, GuardService
from guardrails.bodies import Body, Part
from guardrails.distant import Remark, findings, kind_of, shown
from guardrails.guards.webhook import GUARD

FACTS = GuardFacts("far", "webhook", service=GuardService("https://g.example", "g.example:443"))


@given(texts=st.lists(st.text(st.characters(codec="utf-8"), min_size=3), min_size=1), cut=st.data())
def test_a_finding_is_where_the_remark_is(texts: list[str], cut: st.DataObject) -> None:
    body = Body.of(json.dumps(texts, ensure_ascii=False).encode())
    part = Part.of(body, range(len(body.pieces)))
    said = shown("input", part, ["user"] * len(body.pieces))
    number = cut.draw(st.integers(0, len(said.texts) - 1))
    start = cut.draw(st.integers(0, len(said.texts[number]) - 1))
    end = cut.draw(st.integers(start + 1, len(said.texts[number])))
    [found] = findings(GUARD.build(FACTS), body, part, [Remark("X", number, start, end)])
    origin = body.starts[number]
    raw = body.pieces[number].text
    assert raw[found.start - origin : found.end - origin].decode() == said.texts[number][start:end]


@pytest.mark.parametrize(
    "remark",
    [Remark("X", 1, 0, 1), Remark("X", 0, 0, 6), Remark("X", 0, 2, 2), Remark("X", 0, -1, 2)],
)
def test_a_place_that_is_none_is_a_lie(remark: Remark) -> None:
    body = Body.of(b'["hello"]')
    with pytest.raises(ValueError, match="finding"):
        findings(GUARD.build(FACTS), body, Part.of(body, [0]), [remark])


@pytest.mark.parametrize(
    ("said", "kind"),
    [("Person", "PERSON"), ("hate/threatening", "HATE_THREATENING"), ("a" * 60, "A" * 30), ("x-_", "X")],
)
def test_types_become_names(said: str, kind: str) -> None:
    assert kind_of(said) == kind


@pytest.mark.parametrize("said", ["", None, 4, "1st", "a\nb", "a" * 61, "é"])
def test_what_is_no_type(said: object) -> None:
    with pytest.raises(ValueError, match="type"):
        kind_of(said)
