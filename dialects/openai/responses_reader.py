"""Reads streamed answers of the Responses API."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from dialects import sse
from dialects.answer import (
    CitationDelta,
    Counted,
    Delta,
    Failed,
    Finished,
    PartDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Native
from dialects.errors import VendorError
from dialects.halves import has_halves
from dialects.openai.common import read_halves, read_loosely, read_vendor_error
from dialects.openai.responses_answer import (
    contents_of,
    error_of,
    finish_of,
    head_of,
    logprobs_of,
    searches_in,
    text_of,
    usage_of,
)
from dialects.openai.responses_events import BEFORE_SAID, Event, Said, data_of, decode, decode_said
from dialects.openai.responses_parts import NAME, read_citation
from dialects.watching import MALFORMED

_SUMMARY, _THOUGHT = "summary", "content"
_BETWEEN = "\n\n"  # separates the parts of a summary, as in a whole answer


class _Item:
    """An output item so far: how many characters of each piece were already emitted."""

    __slots__ = ("call", "cited", "id", "part", "said", "thinks")

    def __init__(self) -> None:
        self.part = -1  # of a call or thinking; -1: none yet
        self.id: str | None = None  # of thinking
        self.call = False
        self.thinks = ""  # which of the two kinds of reasoning text is emitted
        self.said: dict[int, list[int]] = {}  # by content index: its part, its characters
        self.cited: dict[int, int] = {}


_AFTER = len(BEFORE_SAID)
_ANY = msgspec.json.Decoder().decode
_JOINED = frozenset(["delta"])


class ResponsesReader:
    """An EventReader for typed events, up to the one with the whole response."""

    __slots__ = ("_calls", "_items", "_parts", "_started", "done", "works")

    def __init__(self) -> None:
        self.done = False
        self.works = False  # an item that only this format can express has begun
        self._started = False
        self._calls = False
        self._parts = 0
        self._items: dict[int, _Item] = {}

    def read(self, event: bytes) -> Sequence[Delta]:
        if event.startswith(BEFORE_SAID):
            try:
                said = decode_said(event[_AFTER:])
            except (ValueError, RecursionError):
                return self._read_rare(event)
            return self._speaks(said, said.delta) if said.delta else ()
        return self._read_rare(event)

    def _read_rare(self, event: bytes) -> Sequence[Delta]:
        data = data_of(event)
        if data is None:
            return ()
        try:
            found = decode(data)
        except (ValueError, RecursionError):
            return self._read_any(event, data)
        grows = _GROWING.get(found.type)
        if grows is None or found.delta is None:
            return self._read_any(event, data)
        return grows(self, found, found.delta) if found.delta else ()

    def end(self) -> Sequence[Delta]:
        return ()

    def _read_any(self, event: bytes, data: bytes) -> Sequence[Delta]:
        if data.strip() in (b"", b"[DONE]"):
            return ()
        try:
            found = _ANY(data)
        except (ValueError, RecursionError):
            found = read_halves(data, _JOINED)
        if not isinstance(found, dict):
            return _failed(VendorError("an event that is not a JSON object", code=MALFORMED))
        kind = text_of(found, "type") or sse.name_of(event).decode("latin-1")
        if kind == "error" or found.get("error"):
            return _failed(_error(found))
        if kind in _GROWING:
            return self._grow_loosely(kind, found)
        read = _RARE.get(kind)
        if has_halves(data):
            found = read_loosely(data)  # the other half of a whole text will not follow
        return tuple(read(self, found)) if read is not None else ()

    def _grow_loosely(self, kind: str, found: dict[str, Any]) -> Sequence[Delta]:
        delta = found.get("delta")
        if not isinstance(delta, str):
            return _failed(VendorError(f"an event {kind} without a text", code=MALFORMED))
        output, content, summary = (
            _index(found, f"{name}_index") for name in ("output", "content", "summary")
        )
        event = Event(
            kind, delta, output, content, summary, logprobs=list(logprobs_of(found.get("logprobs"))) or None
        )
        return _GROWING[kind](self, event, delta) if delta else ()

    def _item(self, index: int) -> _Item:
        item = self._items.get(index)
        if item is None:
            item = self._items[index] = _Item()
        return item

    def _next_part(self) -> int:
        self._parts += 1
        return self._parts - 1

    def _piece(self, output: int, content: int) -> list[int]:
        item = self._items.get(output) or self._item(output)
        piece = item.said.get(content)
        if piece is None:
            piece = item.said[content] = [self._next_part(), 0]
        return piece

    # Deltas.

    def _speaks(self, event: Event | Said, delta: str) -> Sequence[Delta]:
        piece = self._piece(event.output_index, event.content_index)
        piece[1] += _length(delta)
        return (TextDelta(delta, piece[0], 0, tuple(event.logprobs) if event.logprobs else ()),)

    def _refuses(self, event: Event, delta: str) -> Sequence[Delta]:
        piece = self._piece(event.output_index, event.content_index)
        piece[1] += _length(delta)
        return (RefusalDelta(delta, piece[0]),)

    def _argues(self, event: Event, delta: str) -> Sequence[Delta]:
        item = self._item(event.output_index)
        if not item.call:
            return _failed(VendorError("arguments of a call that has not begun", code=MALFORMED))
        item.said.setdefault(0, [item.part, 0])[1] += _length(delta)
        return (ToolDelta(delta, item.part),)

    def _summarises(self, event: Event, delta: str) -> Sequence[Delta]:
        self._item(event.output_index).id = event.item_id
        return self._think(event.output_index, _SUMMARY, event.summary_index, delta)

    def _muses(self, event: Event, delta: str) -> Sequence[Delta]:
        self._item(event.output_index).id = event.item_id
        return self._think(event.output_index, _THOUGHT, event.content_index, delta)

    def _think(self, output: int, kind: str, index: int, delta: str) -> Sequence[Delta]:
        item = self._item(output)
        # Some vendors send the raw reasoning and a summary of it: only one of them is emitted.
        if item.thinks not in ("", kind):
            return ()
        item.thinks, id = kind, None
        if item.part < 0:
            item.part, id = self._next_part(), item.id
        before = _BETWEEN if item.said and index not in item.said else ""
        item.said.setdefault(index, [item.part, 0])[1] += _length(delta)
        return (ThinkingDelta(before + delta, None, "openai", id, item.part),)

    # Whole values: whatever no delta has delivered is emitted.

    def _starts(self, found: dict[str, Any]) -> Iterator[Delta]:
        response = found.get("response")
        if not self._started:
            self._started = True
            yield Started(*head_of(response if isinstance(response, dict) else {}))

    def _item_comes(self, found: dict[str, Any]) -> Iterator[Delta]:
        item = found.get("item")
        if isinstance(item, dict):
            yield from self._catch_up(_index(found, "output_index"), item, whole=False)

    def _item_ends(self, found: dict[str, Any]) -> Iterator[Delta]:
        item = found.get("item")
        if isinstance(item, dict):
            yield from self._catch_up(_index(found, "output_index"), item, whole=True)

    def _part_comes(self, found: dict[str, Any]) -> Iterator[Delta]:
        block = found.get("part")
        if isinstance(block, dict):
            yield from self._content(_index(found, "output_index"), _index(found, "content_index"), block)

    def _text_ends(self, found: dict[str, Any]) -> Iterator[Delta]:
        block = {"type": "output_text", "text": found.get("text")}
        yield from self._content(_index(found, "output_index"), _index(found, "content_index"), block)

    def _refusal_ends(self, found: dict[str, Any]) -> Iterator[Delta]:
        block = {"type": "refusal", "refusal": found.get("refusal")}
        yield from self._content(_index(found, "output_index"), _index(found, "content_index"), block)

    def _arguments_end(self, found: dict[str, Any]) -> Iterator[Delta]:
        item = self._item(_index(found, "output_index"))
        if item.call:
            yield from self._arguments(item, text_of(found, "arguments"))

    def _summary_ends(self, found: dict[str, Any]) -> Iterator[Delta]:
        at = _index(found, "output_index"), _SUMMARY, _index(found, "summary_index")
        yield from self._thought(*at, text_of(found, "text"))

    def _thought_ends(self, found: dict[str, Any]) -> Iterator[Delta]:
        at = _index(found, "output_index"), _THOUGHT, _index(found, "content_index")
        yield from self._thought(*at, text_of(found, "text"))

    def _cites(self, found: dict[str, Any]) -> Iterator[Delta]:
        annotation, content = found.get("annotation"), _index(found, "content_index")
        if isinstance(annotation, dict):
            output = _index(found, "output_index")
            cited = self._item(output).cited
            cited[content] = cited.get(content, 0) + 1
            yield CitationDelta(read_citation(annotation), self._piece(output, content)[0])

    def _ends(self, found: dict[str, Any]) -> Iterator[Delta]:
        response = found.get("response")
        if not isinstance(response, dict):
            response = {"status": text_of(found, "type").removeprefix("response.")}
        self.done = True
        yield from self._starts(found)
        output = response.get("output")
        if not self._parts and isinstance(output, list):
            for index, item in enumerate(output):
                if isinstance(item, dict):
                    yield from self._catch_up(index, item, whole=True)
        error = error_of(response.get("status"), response.get("error"))
        if error is None:
            yield Finished(finish_of(response, self._calls))
        yield from _counted(response)
        yield from _failed(error)

    def _fails(self, found: dict[str, Any]) -> Iterator[Delta]:
        response = found.get("response")
        response = response if isinstance(response, dict) else {}
        self.done = True
        yield from _counted(response)
        yield from _failed(error_of("failed", response.get("error")))

    def _catch_up(self, index: int, item: dict[str, Any], *, whole: bool) -> Iterator[Delta]:
        match item.get("type"):
            case "message":
                for content, block in enumerate(contents_of(item)):
                    yield from self._content(index, content, block)
            case "function_call":
                yield from self._call(self._item(index), item)
            case "reasoning":
                yield from self._reasoning(index, item, whole)
            case str():
                self.works = True
                if whole:
                    yield PartDelta(Native(NAME, item), self._next_part())

    def _content(self, output: int, content: int, block: dict[str, Any]) -> Iterator[Delta]:
        if block.get("type") == "refusal":
            if missed := self._missed(output, content, text_of(block, "refusal")):
                yield RefusalDelta(missed, self._piece(output, content)[0])
            return
        if block.get("type") != "output_text":
            return
        if missed := self._missed(output, content, text_of(block, "text")):
            logprobs = logprobs_of(block.get("logprobs"))
            yield TextDelta(missed, self._piece(output, content)[0], 0, logprobs)
        annotations = block.get("annotations")
        cited = self._item(output).cited
        for annotation in annotations[cited.get(content, 0) :] if isinstance(annotations, list) else ():
            yield from self._cites(
                {"output_index": output, "content_index": content, "annotation": annotation}
            )

    def _missed(self, output: int, content: int, text: str) -> str:
        """The rest of a text that was not yet emitted; marks it as emitted."""
        piece = self._item(output).said.get(content)
        missed = text[piece[1] :] if piece is not None else text
        if missed:
            self._piece(output, content)[1] = len(text)
        return missed

    def _call(self, item: _Item, found: dict[str, Any]) -> Iterator[Delta]:
        if not item.call:
            item.call, item.part, self._calls = True, self._next_part(), True
            yield ToolStarted(
                text_of(found, "call_id") or text_of(found, "id"), text_of(found, "name"), item.part
            )
        yield from self._arguments(item, text_of(found, "arguments"))

    def _arguments(self, item: _Item, text: str) -> Iterator[Delta]:
        told = item.said.setdefault(0, [item.part, 0])
        if len(text) > told[1]:
            missed, told[1] = text[told[1] :], len(text)
            yield ToolDelta(missed, item.part)

    def _reasoning(self, index: int, found: dict[str, Any], whole: bool) -> Iterator[Delta]:
        item, signature = self._item(index), found.get("encrypted_content")
        item.id = text_of(found, "id") or None
        for kind in (_SUMMARY, _THOUGHT):
            blocks = found.get(kind)
            for at, block in enumerate(blocks if isinstance(blocks, list) else ()):
                if isinstance(block, dict):
                    yield from self._thought(index, kind, at, text_of(block, "text"))
        # Final only when the item is done: https://platform.openai.com/docs/guides/reasoning
        if whole and isinstance(signature, str) and signature:
            if item.part < 0:
                item.part = self._next_part()
            yield ThinkingDelta("", signature, "openai", item.id, item.part)

    def _thought(self, output: int, kind: str, index: int, text: str) -> Iterator[Delta]:
        item = self._item(output)
        told = item.said[index][1] if index in item.said and item.thinks == kind else 0
        if len(text) > told:
            yield from self._think(output, kind, index, text[told:])


_GROWING: dict[str, Callable[[ResponsesReader, Event, str], Sequence[Delta]]] = {
    "response.output_text.delta": ResponsesReader._speaks,
    "response.refusal.delta": ResponsesReader._refuses,
    "response.function_call_arguments.delta": ResponsesReader._argues,
    "response.reasoning_summary_text.delta": ResponsesReader._summarises,
    "response.reasoning_text.delta": ResponsesReader._muses,
}
_RARE: dict[str, Callable[[ResponsesReader, dict[str, Any]], Iterator[Delta]]] = {
    "response.created": ResponsesReader._starts,
    "response.queued": ResponsesReader._starts,
    "response.in_progress": ResponsesReader._starts,
    "response.output_item.added": ResponsesReader._item_comes,
    "response.output_item.done": ResponsesReader._item_ends,
    "response.content_part.added": ResponsesReader._part_comes,
    "response.content_part.done": ResponsesReader._part_comes,
    "response.output_text.done": ResponsesReader._text_ends,
    "response.output_text.annotation.added": ResponsesReader._cites,
    "response.refusal.done": ResponsesReader._refusal_ends,
    "response.function_call_arguments.done": ResponsesReader._arguments_end,
    "response.reasoning_summary_text.done": ResponsesReader._summary_ends,
    "response.reasoning_text.done": ResponsesReader._thought_ends,
    "response.completed": ResponsesReader._ends,
    "response.incomplete": ResponsesReader._ends,
    "response.failed": ResponsesReader._fails,
}


def _counted(response: dict[str, Any]) -> Sequence[Delta]:
    usage = usage_of(response.get("usage"))
    if usage is None:
        return ()
    tier = text_of(response, "service_tier") or None
    return (Counted(usage, tier=tier, searches=searches_in(response)),)


def _failed(error: VendorError | None) -> Sequence[Delta]:
    return () if error is None else (Failed(error),)


def _error(found: dict[str, Any]) -> VendorError:
    """The error in an error event, at the top or under "error"."""
    inner = found.get("error") or {name: found.get(name) for name in ("code", "message", "param")}
    return read_vendor_error(inner)


def _length(text: str) -> int:
    """Characters; one split into surrogate halves counts with its first half."""
    return len(text) if text.isascii() else sum(not "\udc00" <= each <= "\udfff" for each in text)


def _index(found: dict[str, Any], name: str) -> int:
    value = found.get(name)
    return value if isinstance(value, int) else 0
