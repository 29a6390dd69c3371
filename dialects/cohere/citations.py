"""Cohere's citations, which are separate from their text: https://docs.cohere.com/docs/rag-citations."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from dialects.conversation import Citation, Extra, Part, Text

replace = msgspec.structs.replace

_PLAN, _TEXT = "PLAN", "TEXT_CONTENT"


def read_citation(value: Extra) -> Citation:
    """One citation. Of several sources only the first is typed; `native` has them all."""
    sources = value.get("sources")
    source = sources[0] if isinstance(sources, list) and sources else None
    document = source.get("document") if isinstance(source, dict) else None
    said = document if isinstance(document, dict) else {}
    return Citation(
        url=_string(said.get("url")),
        title=_string(said.get("title")),
        quote=_string(said.get("snippet")),
        start=_place(value.get("start")),
        end=_place(value.get("end")),
        native=value,
    )


def write_citation(citation: Citation, index: int | None, text: str | None = None) -> Extra:
    """One citation of the content block at `index` (None: the tool plan); `text` is the citing text."""
    at: Extra = {"type": _PLAN} if index is None else {"content_index": index, "type": _TEXT}
    native = citation.native
    # Only Cohere's own citations have a list of sources.
    if native is not None and isinstance(native.get("sources"), list):
        return native | at
    document = {"title": citation.title, "url": citation.url, "snippet": citation.quote}
    shown = {name: value for name, value in document.items() if value is not None}
    written: Extra = {}
    if citation.start is not None and citation.end is not None:
        written = {"start": citation.start, "end": citation.end}
        if text is not None:
            written["text"] = text[citation.start : citation.end]
    source = {"type": "document", "id": citation.url or citation.title or "", "document": shown}
    return written | {"sources": [source]} | at


def place(cited: Iterable[Extra], parts: Sequence[Part], *, planned: bool) -> tuple[list[Part], list[Extra]]:
    """The parts with their citations, and the citations that belong to no text.

    `planned`: the last part is the tool plan.
    """
    found: dict[int, tuple[Citation, ...]] = {}
    homeless: list[Extra] = []
    for value in cited:
        owner = _owner(value, parts, planned=planned)
        if owner is None:
            homeless.append(value)
        else:
            found[owner] = (*found.get(owner, ()), read_citation(value))
    owners = [
        replace(part, citations=found[number]) if number in found else part
        for number, part in enumerate(parts)
    ]
    return owners, homeless


def _owner(value: Extra, parts: Sequence[Part], *, planned: bool) -> int | None:
    kind, index = value.get("type"), value.get("content_index")
    if kind == _PLAN:
        return len(parts) - 1 if planned else None
    if isinstance(index, int) and 0 <= index < len(parts):
        return index if isinstance(parts[index], Text) else None
    if kind not in (None, _TEXT):
        return None
    # Older versions name no block; they had only one text.
    return next((number for number, part in enumerate(parts) if isinstance(part, Text)), None)


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _place(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
