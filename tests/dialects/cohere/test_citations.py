"""Cohere's citations find the text they are about."""

from typing import Any

import pytest

from dialects.cohere.citations import place, read_citation, write_citation
from dialects.conversation import Citation, Extra, Text, Thinking

SOURCE = {
    "type": "document",
    "id": "d",
    "document": {"title": "T", "url": "https://e.com", "snippet": "words"},
}
CITED: Extra = {
    "start": 4,
    "end": 7,
    "text": "sky",
    "sources": [SOURCE],
    "type": "TEXT_CONTENT",
    "content_index": 0,
}


def test_a_citation_names_its_first_source_and_keeps_all() -> None:
    assert read_citation(CITED) == Citation("https://e.com", "T", "words", 4, 7, CITED)


def test_a_citation_of_coheres_is_written_as_it_was() -> None:
    assert write_citation(read_citation(CITED), 0) == CITED


def test_a_citation_of_another_format_has_a_document_for_its_source() -> None:
    cited = Citation("https://e.com", "T", "words", 4, 7, {"type": "char_location", "cited_text": "words"})
    assert write_citation(cited, 0, "The sky.") == CITED | {"sources": [SOURCE | {"id": "https://e.com"}]}


def test_a_citation_without_a_place_tells_its_source() -> None:
    written = write_citation(Citation(title="T"), None)
    assert written == {
        "sources": [{"type": "document", "id": "T", "document": {"title": "T"}}],
        "type": "PLAN",
    }


@pytest.mark.parametrize(
    ("named", "owner"),
    [
        ({}, 1),
        ({"content_index": 2}, 2),
        ({"content_index": 0}, None),
        ({"content_index": 9}, 1),
        ({"content_index": -1}, 1),
        ({"type": "PLAN"}, 2),
        ({"type": "THINKING_CONTENT"}, None),
    ],
    ids=str,
)
def test_a_citation_finds_its_text(named: Extra, owner: int | None) -> None:
    parts, homeless = place([named], [Thinking("hm"), Text("a"), Text("plan")], planned=True)
    owners = [number for number, part in enumerate(parts) if isinstance(part, Text) and part.citations]
    assert (owners, homeless) == (([], [named]) if owner is None else ([owner], []))


@pytest.mark.parametrize(
    "odd", [7, "x", [], [7], [{"document": 7}], [{"document": {"url": 7}}], None], ids=str
)
def test_odd_sources_name_nothing(odd: Any) -> None:
    assert read_citation({"sources": odd, "start": -1, "end": True}) == Citation(
        native={"sources": odd, "start": -1, "end": True}
    )
