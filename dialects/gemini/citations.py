"""Citations in Gemini's answers: https://ai.google.dev/gemini-api/docs/google-search."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import msgspec

from dialects.conversation import Citation, Part, Text
from dialects.gemini.members import whole_number

replace = msgspec.structs.replace


class Cited(NamedTuple):
    """A citation in a candidate, with its position in the candidate's text in bytes."""

    citation: Citation
    begins: int
    ends: int | None = None  # None: only its quote shows where it is


def read_citations(candidate: dict[str, Any]) -> list[Cited]:
    """The citations of a candidate; `place` assigns them to texts."""
    found = candidate.get("groundingMetadata")
    cited = _grounded(found) if isinstance(found, dict) else []
    recited = candidate.get("citationMetadata")
    listed = recited.get("citations") or recited.get("citationSources") if isinstance(recited, dict) else None
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            citation = Citation(_text(each.get("uri")), _text(each.get("title")), native=each)
            cited.append(Cited(citation, *_span(each)))
    return cited


def queries(candidate: dict[str, Any]) -> Iterator[str]:
    """The search queries made for a candidate, without empty ones, which are not billed."""
    found = candidate.get("groundingMetadata")
    asked = found.get("webSearchQueries") if isinstance(found, dict) else None
    for each in asked if isinstance(asked, list) else ():
        if isinstance(each, str) and each.strip():
            yield each


def _grounded(found: dict[str, Any]) -> list[Cited]:
    chunks, supports = found.get("groundingChunks"), found.get("groundingSupports")
    if not isinstance(chunks, list) or not isinstance(supports, list):
        return []
    cited = []
    for support in supports:
        segment = support.get("segment") if isinstance(support, dict) else None
        numbers = support.get("groundingChunkIndices") if isinstance(support, dict) else None
        said = segment if isinstance(segment, dict) else {}
        for number in numbers if isinstance(numbers, list) else ():
            if isinstance(number, int) and 0 <= number < len(chunks):
                url, title = _source(chunks[number])
                cited.append(Cited(Citation(url, title, _text(said.get("text"))), *_span(said)))
    return cited


def _span(found: dict[str, Any]) -> tuple[int, int | None]:
    """Start and end in bytes, the end None if unknown; the vendor omits a start of 0."""
    begins, ends = whole_number(found.get("startIndex")) or 0, whole_number(found.get("endIndex"))
    return (begins, ends) if ends is not None and 0 <= begins < ends else (0, None)


def _source(chunk: Any) -> tuple[str | None, str | None]:
    for value in chunk.values() if isinstance(chunk, dict) else ():
        if isinstance(value, dict):  # web, retrievedContext, maps
            return _text(value.get("uri")), _text(value.get("title"))
    return None, None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def cite(parts: tuple[Part, ...], cited: Sequence[Cited]) -> tuple[Part, ...]:
    """The parts, with each citation attached to its text."""
    if not cited:
        return parts
    texts = {number: part.text for number, part in enumerate(parts) if isinstance(part, Text)}
    whole = list(parts)
    for number, citation in place(cited, texts):
        text = whole[number]
        if isinstance(text, Text):
            whole[number] = replace(text, citations=(*text.citations, citation))
    return tuple(whole)


def place(cited: Sequence[Cited], texts: Mapping[int, str]) -> Iterator[tuple[int, Citation]]:
    """Each citation with the number of its text, and with its position in characters if known.

    Byte offsets count from the start of the candidate's whole text, or in some answers of the text part
    itself. If the words there differ from the quote, the quote is searched for.
    """
    for each in cited if texts else ():
        found = _counted(each, texts) or _quoted(each.citation.quote, texts)
        if found is None:
            yield next(iter(texts)), each.citation
        else:
            number, start, end = found
            yield number, replace(each.citation, start=start, end=end)


def _counted(cited: Cited, texts: Mapping[int, str]) -> tuple[int, int, int] | None:
    """A text's number, and the start and end in it, in characters; None if the offsets do not fit."""
    if cited.ends is None:
        return None
    raw = {number: text.encode("utf-8", "replace") for number, text in texts.items()}
    befores = accumulate(map(len, raw.values()), initial=0)
    for number, before in [*zip(raw, befores, strict=False), *((number, 0) for number in raw)]:
        begins, ends = cited.begins - before, cited.ends - before
        if 0 <= begins and ends <= len(raw[number]):
            start = len(raw[number][:begins].decode("utf-8", "ignore"))
            words = raw[number][begins:ends].decode("utf-8", "ignore")
            if cited.citation.quote in (None, words):
                return number, start, start + len(words)
    return None


def _quoted(quote: str | None, texts: Mapping[int, str]) -> tuple[int, int, int] | None:
    for number, text in texts.items():
        start = text.find(quote) if quote else -1
        if quote and start >= 0:
            return number, start, start + len(quote)
    return None


def write_citations(cited: Sequence[tuple[int, Citation]], texts: Mapping[int, str]) -> dict[str, Any]:
    """A member `groundingMetadata` for citations, each with the number of its text; {} if there are none."""
    if not cited:
        return {}
    befores, before = {}, 0
    for number, text in texts.items():
        befores[number] = before
        before += len(text.encode("utf-8", "replace"))
    sources = list(dict.fromkeys((each.url, each.title) for _, each in cited))
    chunks = [{"web": _present(uri=url, title=title)} for url, title in sources]
    supports = [
        {
            "segment": _segment(each, befores.get(number, 0), texts.get(number, "")),
            "groundingChunkIndices": [sources.index((each.url, each.title))],
        }
        for number, each in cited
    ]
    return {"groundingMetadata": {"groundingChunks": chunks, "groundingSupports": supports}}


def _segment(citation: Citation, before: int, text: str) -> dict[str, Any]:
    """The segment of the whole text that a citation supports, in bytes."""
    start, end = citation.start or 0, citation.end
    if end is None or not 0 <= start < end <= len(text):
        return _present(text=citation.quote)
    begins = before + len(text[:start].encode("utf-8", "replace"))
    words = text[start:end]
    span = {"startIndex": begins, "endIndex": begins + len(words.encode("utf-8", "replace"))}
    return span | _present(text=citation.quote or words)


def _present(**members: str | None) -> dict[str, str]:
    return {name: value for name, value in members.items() if value is not None}
