"""Where an answer of Gemini comes from: https://ai.google.dev/gemini-api/docs/google-search."""

from collections.abc import Sequence
from typing import Any

import msgspec

from dialects.conversation import Citation, Part, Text

replace = msgspec.structs.replace


def read_citations(candidate: dict[str, Any]) -> list[Citation]:
    """What a candidate cites, without places in its text: the vendor counts them in bytes."""
    found = candidate.get("groundingMetadata")
    cited = _grounded(found) if isinstance(found, dict) else []
    recited = candidate.get("citationMetadata")
    listed = recited.get("citations") or recited.get("citationSources") if isinstance(recited, dict) else None
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            cited.append(Citation(_text(each.get("uri")), _text(each.get("title")), native=each))
    return cited


def _grounded(found: dict[str, Any]) -> list[Citation]:
    chunks, supports = found.get("groundingChunks"), found.get("groundingSupports")
    if not isinstance(chunks, list) or not isinstance(supports, list):
        return []
    cited = []
    for support in supports:
        segment = support.get("segment") if isinstance(support, dict) else None
        numbers = support.get("groundingChunkIndices") if isinstance(support, dict) else None
        quote = _text(segment.get("text")) if isinstance(segment, dict) else None
        for number in numbers if isinstance(numbers, list) else ():
            if isinstance(number, int) and 0 <= number < len(chunks):
                url, title = _source(chunks[number])
                cited.append(Citation(url, title, quote))
    return cited


def _source(chunk: Any) -> tuple[str | None, str | None]:
    for value in chunk.values() if isinstance(chunk, dict) else ():
        if isinstance(value, dict):  # web, retrievedContext, maps
            return _text(value.get("uri")), _text(value.get("title"))
    return None, None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def cite(parts: tuple[Part, ...], cited: Sequence[Citation]) -> tuple[Part, ...]:
    """The parts with each citation at the text that holds its quote, else at the first text."""
    texts = [number for number, part in enumerate(parts) if isinstance(part, Text)]
    if not texts or not cited:
        return parts
    whole = list(parts)
    for citation in cited:
        quote = citation.quote
        at = next((number for number in texts if quote and quote in _said(whole[number])), texts[0])
        start = _said(whole[at]).find(quote) if quote else -1
        if quote and start >= 0:
            citation = replace(citation, start=start, end=start + len(quote))
        text = whole[at]
        if isinstance(text, Text):
            whole[at] = replace(text, citations=(*text.citations, citation))
    return tuple(whole)


def _said(part: Part) -> str:
    return part.text if isinstance(part, Text) else ""


def write_citations(cited: Sequence[Citation]) -> dict[str, Any]:
    """The groundingMetadata that says them; {} for none."""
    if not cited:
        return {}
    sources = list(dict.fromkeys((each.url, each.title) for each in cited))
    chunks = [{"web": _present(uri=url, title=title)} for url, title in sources]
    supports = [
        {
            "segment": _present(text=each.quote),
            "groundingChunkIndices": [sources.index((each.url, each.title))],
        }
        for each in cited
    ]
    return {"groundingMetadata": {"groundingChunks": chunks, "groundingSupports": supports}}


def _present(**members: str | None) -> dict[str, str]:
    return {name: value for name, value in members.items() if value is not None}
