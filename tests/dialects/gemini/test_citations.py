"""What an answer cites, read from two places and written to one."""

from typing import Any

import pytest

from dialects.conversation import Citation, Text, ToolCall
from dialects.gemini.citations import cite, read_citations, write_citations


def grounded(*numbers: Any) -> dict[str, Any]:
    return {
        "groundingMetadata": {
            "groundingChunks": [
                {"web": {"uri": "https://a", "title": "A"}},
                {"retrievedContext": {"uri": "gs://b"}},
                7,
            ],
            "groundingSupports": [
                {"segment": {"text": "said"}, "groundingChunkIndices": list(numbers)},
                None,
            ],
        }
    }


def test_each_source_of_a_segment_is_a_citation() -> None:
    assert read_citations(grounded(0, 1, 2, 9, "x")) == [
        Citation("https://a", "A", "said"),
        Citation("gs://b", None, "said"),
        Citation(None, None, "said"),
    ]


def test_recitations_are_citations_too() -> None:
    recited = {"uri": "https://a", "license": "mit", "startIndex": 3}
    for name in ("citations", "citationSources"):
        assert read_citations({"citationMetadata": {name: [recited, 7]}}) == [
            Citation("https://a", native=recited)
        ]


@pytest.mark.parametrize("found", [None, 7, {}, {"groundingChunks": {}, "groundingSupports": []}])
def test_what_cites_nothing_is_nothing(found: Any) -> None:
    assert read_citations({"groundingMetadata": found, "citationMetadata": found}) == []


def test_a_citation_is_at_the_text_that_it_quotes() -> None:
    parts = (ToolCall("x", "f"), Text("one"), Text("two said"))
    quoting, plain = Citation("u", None, "said"), Citation("v")
    assert cite(parts, [quoting, plain]) == (
        ToolCall("x", "f"),
        Text("one", (plain,)),
        Text("two said", (Citation("u", None, "said", 4, 8),)),
    )
    assert cite(parts[:1], [plain]) == parts[:1]


def test_what_is_written_is_read_again() -> None:
    cited = [Citation("https://a", "A", "x"), Citation("https://b"), Citation("https://a", "A", "y")]
    written = write_citations(cited)
    assert len(written["groundingMetadata"]["groundingChunks"]) == 2
    assert read_citations(written) == cited
    assert write_citations([]) == {}
