"""Places are found wherever a format has them; what has none is passed over."""

from typing import Any

import pytest

from dialects.citing import cited


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"text": "a", "annotations": [None, {"type": "file_citation", "index": 1}]},
        {"text": 7, "annotations": [{"start_index": 0, "end_index": 1}]},
        {"choices": [{"delta": None}], "candidates": [{"groundingMetadata": {"groundingSupports": [1]}}]},
        {"message": {"citations": ["a"]}},
    ],
)
def test_what_has_no_places_gives_none(document: Any) -> None:
    assert list(cited(document, lambda channel: "")) == []


def test_a_plan_of_cohere_is_a_text_of_its_own() -> None:
    citation = {"start": 0, "end": 1, "type": "PLAN"}
    [found] = cited({"message": {"tool_plan": "ab", "citations": [citation]}}, lambda channel: "")
    assert (found.text, found.in_bytes) == ("ab", False)
    asked = []
    [found] = cited({"delta": {"message": {"citations": citation}}}, lambda at: asked.append(at) or "said")
    assert (found.text, asked) == ("said", [("plan", "tool_plan")])


def test_a_part_that_is_named_is_counted_in() -> None:
    segment = {"partIndex": 1, "endIndex": 1}
    parts = [{"text": "a"}, {"text": "b"}]
    candidate = {
        "content": {"parts": parts},
        "groundingMetadata": {"groundingSupports": [{"segment": segment}]},
    }
    [found] = cited({"candidates": [candidate]}, lambda channel: "")
    assert (found.text, found.in_bytes) == ("b", True)
