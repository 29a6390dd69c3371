"""Reading Cohere's streamed answers: https://docs.cohere.com/docs/streaming."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from dialects import sse
from dialects.answer import (
    CitationDelta,
    Counted,
    Delta,
    Failed,
    Finish,
    Finished,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.cohere_answer import failure, read_logprobs, read_reason, read_tokens
from dialects.cohere_citations import read_citation
from dialects.errors import VendorError
from dialects.openai_common import read_loosely, read_vendor_error
from dialects.watching import MALFORMED

_DONE = b"[DONE]"
_DATA = b"\ndata: "


class _Piece(msgspec.Struct, frozen=True, gc=False):
    text: str | None = None
    thinking: str | None = None


class _Message(msgspec.Struct, frozen=True, gc=False):
    content: _Piece | list[Any] | None = None  # a list, empty, where the message starts
    tool_plan: str | None = None
    tool_calls: Any = None
    citations: Any = None


class _Delta(msgspec.Struct, frozen=True, gc=False):
    message: _Message | None = None
    finish_reason: str | None = None
    usage: Any = None
    error: Any = None


class _Event(msgspec.Struct, frozen=True, gc=False):
    type: str = ""
    id: str | None = None
    index: int | None = None
    delta: _Delta | None = None
    logprobs: Any = None
    message: Any = None  # of an error


_DECODE = msgspec.json.Decoder(_Event).decode
_NOTHING = _Message()


class CohereReader:
    """An EventReader for events up to `message-end`."""

    __slots__ = ("_parts", "_text", "done")

    def __init__(self) -> None:
        self.done = False
        # By what the format counts apart: ("text", 0), ("tool", 0), ("plan", 0).
        self._parts: dict[tuple[str, int], int] = {}
        self._text: int | None = None  # the part that spoke last

    def read(self, event: bytes) -> Sequence[Delta]:
        if self.done:
            return ()
        data = _data_of(event)
        if not data:
            return ()
        try:
            found = _DECODE(data)
        except (ValueError, RecursionError):
            if data == _DONE:  # how older servers end
                self.done = True
                return ()
            loose = _loosely(data)
            if isinstance(loose, Failed):
                return (loose,)
            found = loose
        handle = _HANDLERS.get(found.type)
        if handle is not None:
            return handle(self, found)
        if not found.type and found.message:
            return (Failed(read_vendor_error({"message": found.message})),)
        return ()

    def end(self) -> Sequence[Delta]:
        return ()

    def _starts(self, event: _Event) -> Sequence[Delta]:
        return (Started(event.id or ""),)

    def _speaks(self, event: _Event) -> Sequence[Delta]:
        piece = _message(event).content
        if not isinstance(piece, _Piece):
            return ()
        index = event.index or 0
        if piece.text and not piece.thinking:
            self._text = part = self._part("text", index)
            return (TextDelta(piece.text, part, 0, read_logprobs(event.logprobs) if event.logprobs else ()),)
        deltas: list[Delta] = []
        if piece.thinking:
            deltas.append(ThinkingDelta(piece.thinking, part=self._part("thinking", index)))
        if piece.text:
            self._text = self._part("text", index)
            deltas.append(TextDelta(piece.text, self._text))
        return deltas

    def _plans(self, event: _Event) -> Sequence[Delta]:
        plan = _message(event).tool_plan
        return (TextDelta(plan, self._part("plan", 0)),) if plan else ()

    def _calls(self, event: _Event) -> Sequence[Delta]:
        index = event.index or 0
        deltas: list[Delta] = []
        for number, call in enumerate(_listed(_message(event).tool_calls), index):
            function = call.get("function")
            said = function if isinstance(function, dict) else {}
            name, given = said.get("name"), said.get("arguments")
            if not isinstance(name, str) or not name:
                return (_malformed("a tool call without a name"),)
            if ("tool", number) in self._parts:
                return (_malformed("a tool call that began twice"),)
            id, part = call.get("id"), self._part("tool", number)
            deltas.append(ToolStarted(id if isinstance(id, str) and id else f"call_{number}", name, part))
            if isinstance(given, str) and given:
                deltas.append(ToolDelta(given, part))
        return deltas

    def _argues(self, event: _Event) -> Sequence[Delta]:
        index = event.index or 0
        for number, call in enumerate(_listed(_message(event).tool_calls), index):
            function = call.get("function")
            given = function.get("arguments") if isinstance(function, dict) else None
            part = self._parts.get(("tool", number))
            if part is None:
                return (_malformed("arguments of a tool call that never began"),)
            return (ToolDelta(given, part),) if isinstance(given, str) and given else ()
        return ()

    def _cites(self, event: _Event) -> Sequence[Delta]:
        deltas: list[Delta] = []
        for value in _listed(_message(event).citations):
            part = self._cited(value.get("type"), value.get("content_index"))
            if part is not None:
                deltas.append(CitationDelta(read_citation(value), part))
        return deltas

    def _cited(self, kind: object, index: object) -> int | None:
        if kind == "PLAN":
            return self._parts.get(("plan", 0))
        if isinstance(index, int):
            return self._parts.get(("text", index))
        return self._text if kind in (None, "TEXT_CONTENT") else None

    def _ends(self, event: _Event) -> Sequence[Delta]:
        self.done = True
        delta = event.delta or _Delta()
        usage = read_tokens(delta.usage)
        counted = () if usage is None else (Counted(usage),)
        error = failure(delta.finish_reason, delta.error)
        if error is not None:
            return (*counted, Failed(error))
        if not delta.finish_reason:
            return counted
        return (Finished(Finish(read_reason(delta.finish_reason))), *counted)

    def _part(self, kind: str, index: int) -> int:
        return self._parts.setdefault((kind, index), len(self._parts))


_HANDLERS: dict[str, Callable[[CohereReader, _Event], Sequence[Delta]]] = {
    "content-delta": CohereReader._speaks,
    "content-start": CohereReader._speaks,
    "message-start": CohereReader._starts,
    "tool-plan-delta": CohereReader._plans,
    "tool-call-start": CohereReader._calls,
    "tool-call-delta": CohereReader._argues,
    "citation-start": CohereReader._cites,
    "message-end": CohereReader._ends,
}


def _data_of(event: bytes) -> bytes | None:
    # Cohere writes two lines of which the second is the data.
    at = event.find(_DATA)
    if (
        at > 0
        and event[:6] == b"event:"
        and event.find(b"\n", at + 1) == len(event) - 2
        and b"\r" not in event
    ):
        return event[at + 7 : -2]
    data = sse.data_of(event)
    return data.strip() if data else None


def _message(event: _Event) -> _Message:
    return (event.delta and event.delta.message) or _NOTHING


def _listed(found: Any) -> list[dict[str, Any]]:
    """One object, or a list of them, as versions differ."""
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]


def _loosely(data: bytes) -> _Event | Failed:
    found = read_loosely(data)
    if not isinstance(found, dict):
        return _malformed("an event that is not JSON")
    if found.get("type") not in _HANDLERS:
        return _Event(type="unknown")
    try:
        return msgspec.convert(found, _Event)
    except msgspec.ValidationError as error:
        return _malformed(f"an event of an unknown shape: {error}")


def _malformed(what: str) -> Failed:
    return Failed(VendorError(what, code=MALFORMED))
