"""The positions of citations in an answer's own texts, in every format."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from dialects.spots import Channel

Json = dict[str, Any]


class Cited(NamedTuple):
    """A citation's two offsets, at `holder[start]` and `holder[end]`; a start of 0 may be absent."""

    holder: Json
    start: str
    end: str
    text: str  # that the offsets refer to
    in_bytes: bool = False


def cited(document: Any, said: Callable[[Channel], str]) -> Iterator[Cited]:
    """The citations of a whole answer, or of one stream event; `said` returns a channel's text so far."""
    if not isinstance(document, dict):
        return
    yield from _annotated(document)
    if document.get("type") == "response.output_text.annotation.added":
        names = ("item_id", "output_index", "content_index", "summary_index")
        at: Channel = ("response.output_text", *(document.get(name) for name in names))
        yield from _annotation(document.get("annotation"), said(at))
    for number, choice in enumerate(_objects(document.get("choices"))):
        for each in _objects(_in(choice, "delta").get("annotations")):
            yield from _annotation(each, said((choice.get("index", number), "content")))
    for number, candidate in enumerate(_objects(document.get("candidates"))):
        yield from _grounded(candidate, said((candidate.get("index", number), False, "text")))
    yield from _of_cohere(document, said)


def _annotated(value: Any) -> Iterator[Cited]:
    """https://platform.openai.com/docs/guides/tools-web-search: annotations are siblings of their text."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting += found
        elif isinstance(found, dict):
            waiting += found.values()
            text = found.get("text", found.get("content"))
            if text and isinstance(text, str):
                for each in _objects(found.get("annotations")):
                    yield from _annotation(each, text)


def _annotation(value: Any, text: str) -> Iterator[Cited]:
    if isinstance(value, dict):
        held = value.get("url_citation", value)  # as chat completions have it
        if isinstance(held, dict) and "end_index" in held:
            yield Cited(held, "start_index", "end_index", text)


def _grounded(candidate: Json, said: str) -> Iterator[Cited]:
    """https://ai.google.dev/api/generate-content#Segment: byte offsets into the answer's text."""
    parts = list(_objects(_in(candidate, "content").get("parts")))
    text = said or "".join(str(part.get("text", "")) for part in parts if not part.get("thought"))
    for support in _objects(_in(candidate, "groundingMetadata").get("groundingSupports")):
        segment = _in(support, "segment")
        number, counted = segment.get("partIndex"), text
        if not said and isinstance(number, int) and 0 < number < len(parts):
            counted = str(parts[number].get("text", ""))
        yield Cited(segment, "startIndex", "endIndex", counted, in_bytes=True)
    metadata = _in(candidate, "citationMetadata")
    for name in ("citationSources", "citations"):
        for source in _objects(metadata.get(name)):
            yield Cited(source, "startIndex", "endIndex", text, in_bytes=True)


def _of_cohere(document: Json, said: Callable[[Channel], str]) -> Iterator[Cited]:
    """https://docs.cohere.com/v2/docs/rag-citations: characters of one content block, or of the plan."""
    message = _in(document, "message") or _in(_in(document, "delta"), "message")
    found = message.get("citations")
    blocks = list(_objects(message.get("content")))
    for each in _objects(found if isinstance(found, list) else [found]):
        number = each.get("content_index", 0)
        if each.get("type") == "PLAN":
            text = said(("plan", "tool_plan")) or message.get("tool_plan")
        elif isinstance(number, int) and number < len(blocks):
            text = blocks[number].get("text")
        else:
            text = said(("content", number, "text"))
        if isinstance(text, str):
            yield Cited(each, "start", "end", text)


def _objects(value: Any) -> Iterator[Json]:
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


def _in(holder: Json, name: str) -> Json:
    found = holder.get(name)
    return found if isinstance(found, dict) else {}
