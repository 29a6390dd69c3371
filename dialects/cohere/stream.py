"""Reads Cohere's streamed answers: https://docs.cohere.com/docs/streaming."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from dialects import sse
from dialects.answer import (
    CitationDelta,
    Delta,
    Failed,
    Finished,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.carrying import unpack
from dialects.cohere.answer import failure, read_finish, read_logprobs, read_tokens
from dialects.cohere.citations import read_citation
from dialects.errors import VendorError
from dialects.openai.common import read_halves, read_vendor_error
from dialects.watching import MALFORMED

_DONE = b"[DONE]"
# The form of nearly every event, on two lines.
_USUAL, _END = b"event: content-delta\ndata: ", b"}\n\n"
_AT = len(_USUAL)


class _Piece(msgspec.Struct, frozen=True, gc=False):
    text: str | None = None
    thinking: str | None = None


class _Message(msgspec.Struct, frozen=True, gc=False):
    content: _Piece | list[Any] | None = None  # an empty list when the message starts
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
    error: Any = None


_DECODE = msgspec.json.Decoder(_Event).decode
_ERRORS = frozenset(["error", "stream-error"])  # no type is documented; proxies use these
_NOTHING = _Message()
_JOINED = frozenset(["text", "thinking", "tool_plan", "arguments"])


class CohereReader:
    """An EventReader for events up to `message-end`."""

    __slots__ = ("_index", "_parts", "_text", "done")

    def __init__(self) -> None:
        self.done = False
        # Part numbers by what the format numbers separately: ("text", 0), ("tool", 0), ("plan", 0).
        self._parts: dict[tuple[str, int], int] = {}
        # The index of the last text block, and its part.
        self._index: int | None = None
        self._text = -1

    def read(self, event: bytes) -> Sequence[Delta]:
        if self.done:
            return ()
        if event.startswith(_USUAL) and event.endswith(_END):
            try:
                found = _DECODE(event[_AT:-2])
            except (ValueError, RecursionError):
                return self._read_any(event)
            if found.type == "content-delta":
                return self._speaks(found)
        return self._read_any(event)

    def _read_any(self, event: bytes) -> Sequence[Delta]:
        data = (sse.data_of(event) or b"").strip()
        if not data:
            return ()
        if data == _DONE:  # the end of a stream from older servers
            self.done = True
            return ()
        found = _decode(data)
        if isinstance(found, Failed):
            return (found,)
        handle = _HANDLERS.get(found.type)
        if handle is not None:
            return handle(self, found)
        failed = found.type in _ERRORS or sse.name_of(event) == b"error"
        if failed or found.error or (not found.type and found.message):
            return (Failed(read_vendor_error(found.error or {"message": found.message})),)
        return ()

    def end(self) -> Sequence[Delta]:
        return ()

    def _starts(self, event: _Event) -> Sequence[Delta]:
        return (Started(event.id or ""),)

    def _speaks(self, event: _Event) -> Sequence[Delta]:
        message = None if event.delta is None else event.delta.message
        piece = None if message is None else message.content
        if type(piece) is not _Piece:
            return ()
        index, text = event.index or 0, piece.text
        if text and not piece.thinking:
            if index != self._index:
                self._index, self._text = index, self._part("text", index)
            logprobs = read_logprobs(event.logprobs) if event.logprobs else ()
            return (TextDelta(text, self._text, 0, logprobs),)
        deltas: list[Delta] = []
        if piece.thinking:
            deltas.append(ThinkingDelta(piece.thinking, part=self._part("thinking", index)))
        if text:
            deltas.append(TextDelta(text, self._part("text", index)))
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
            given_id, part = call.get("id"), self._part("tool", number)
            id, signature = unpack(given_id if isinstance(given_id, str) and given_id else f"call_{number}")
            deltas.append(ToolStarted(id, name, part, signature=signature))
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
        return self._text if kind in (None, "TEXT_CONTENT") and self._text >= 0 else None

    def _ends(self, event: _Event) -> Sequence[Delta]:
        self.done = True
        delta = event.delta or _Delta()
        found = read_tokens(delta.usage)
        counted = () if found is None else (found,)
        error = failure(delta.finish_reason, delta.error)
        if error is not None:
            return (*counted, Failed(error))
        if not delta.finish_reason:
            return counted
        return (Finished(read_finish(delta.finish_reason)), *counted)

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


def _message(event: _Event) -> _Message:
    return (event.delta and event.delta.message) or _NOTHING


def _listed(found: Any) -> list[dict[str, Any]]:
    """The objects; some versions send one, others a list."""
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]


def _decode(data: bytes) -> _Event | Failed:
    try:
        return _DECODE(data)
    except (ValueError, RecursionError):
        found = read_halves(data, _JOINED)
    if not isinstance(found, dict):
        return _malformed("an event that is not JSON")
    kind = found.get("type")
    if isinstance(kind, str) and kind not in _HANDLERS:
        return _Event(type=kind)
    try:
        return msgspec.convert(found, _Event)
    except msgspec.ValidationError as error:
        return _malformed(f"an event of an unknown shape: {error}")


def _malformed(what: str) -> Failed:
    return Failed(VendorError(what, code=MALFORMED))
