"""An operator's words are found as whole words, whatever their case."""

from types import MappingProxyType
from typing import Any

import pytest

from config.catalog import GuardFacts
from guardrails.guard import Segment
from guardrails.guards.words import GUARD


def found(text: str, **settings: Any) -> list[tuple[str, str]]:
    raw = text.encode()
    guard = GUARD.build(GuardFacts("own", "words", **settings))
    return [(each.kind, raw[each.start : each.end].decode()) for each in guard.inspect(Segment("input", raw))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the NIGHTJAR flies", ["NIGHTJAR"]),
        ("nightjars", []),
        ("night train", ["night train"]),
        ("night\n  train", ["night\n  train"]),
        ("C++ and more", ["C++"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert [word for _, word in found(text, words=("nightjar", "Night Train", "C++"))] == expected


def test_patterns_have_types_of_their_own() -> None:
    patterns = MappingProxyType({"case-id": "ACME-[0-9]{6}"})
    assert found("see ACME-123456", patterns=patterns) == [("CASE_ID", "ACME-123456")]


def test_a_guard_that_would_find_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="'own' has neither words nor patterns"):
        found("")
