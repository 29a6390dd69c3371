"""What an answer cites, read from two places and written to one."""

from typing import Any

import pytest

from dialects.conversation import Citation, Text, ToolCall
from dialects.gemini.citations import Cited, cite, place, read_citations, write_citations


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
        Cited(Citation("https://a", "A", "said"), 0),
        Cited(Citation("gs://b", None, "said"), 0),
        Cited(Citation(None, None, "said"), 0),
    ]


def test_recitations_are_citations_too() -> None:
    recited = {"uri": "https://a", "license": "mit", "startIndex": 3}
    for name in ("citations", "citationSources"):
        assert read_citations({"citationMetadata": {name: [recited, 7]}}) == [
            Cited(Citation("https://a", native=recited), 0)
        ]
        whole = recited | {"endIndex": "7"}
        assert read_citations({"citationMetadata": {name: [whole]}}) == [
            Cited(Citation("https://a", native=whole), 3, 7)
        ]


@pytest.mark.parametrize("found", [None, 7, {}, {"groundingChunks": {}, "groundingSupports": []}])
def test_what_cites_nothing_is_nothing(found: Any) -> None:
    assert read_citations({"groundingMetadata": found, "citationMetadata": found}) == []


def test_a_citation_is_at_the_text_that_it_quotes() -> None:
    parts = (ToolCall("x", "f"), Text("one"), Text("two said"))
    quoting, plain = Citation("u", None, "said"), Citation("v")
    assert cite(parts, [Cited(quoting, 0), Cited(plain, 0)]) == (
        ToolCall("x", "f"),
        Text("one", (plain,)),
        Text("two said", (Citation("u", None, "said", 4, 8),)),
    )
    assert cite(parts[:1], [Cited(plain, 0)]) == parts[:1]


def test_what_is_written_is_read_again() -> None:
    cited = [Citation("https://a", "A", "x"), Citation("https://b"), Citation("https://a", "A", "Köln", 5, 9)]
    texts = {0: "Dom, ", 3: "and, Köln"}
    written = write_citations([(3, each) for each in cited], texts)
    assert len(written["groundingMetadata"]["groundingChunks"]) == 2
    last = written["groundingMetadata"]["groundingSupports"][-1]["segment"]
    assert last == {"startIndex": 10, "endIndex": 15, "text": "Köln"}
    assert [each.citation for each in read_citations(written)][:2] == cited[:2]
    assert list(place(read_citations(written), texts))[-1] == (3, cited[-1])
    assert write_citations([], {}) == {}


@pytest.mark.parametrize(
    ("quote", "begins", "ends", "found"),
    [
        pytest.param("Köln", 5, 10, (0, 5, 9), id="bytes are no characters"),
        pytest.param("Köln", 11, 16, (2, 1, 5), id="of all text, where the same words come twice"),
        pytest.param("and", 1, 4, (2, 6, 9), id="wrong bytes, and words that are there"),
        pytest.param(None, 0, 4, (0, 0, 4), id="bytes alone"),
        pytest.param("nowhere", 0, 99, (0, None, None), id="neither"),
        pytest.param("öln a", 2, 8, (2, 2, 7), id="of its own text"),
    ],
)
def test_bytes_and_words_say_where_a_citation_is(
    quote: str | None, begins: int, ends: int, found: tuple[int, int | None, int | None]
) -> None:
    texts = {0: "Dom, Köln", 2: " Köln and Bonn"}
    [(number, citation)] = place([Cited(Citation("u", None, quote), begins, ends)], texts)
    assert (number, citation.start, citation.end) == found
