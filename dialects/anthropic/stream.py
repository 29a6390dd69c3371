"""Reads streamed answers of Anthropic's Messages, event by event.

https://docs.anthropic.com/en/docs/build-with-claude/streaming
"""

from collections.abc import Callable, Mapping, Sequence
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
    PartDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.anthropic.answer import read_finish
from dialects.anthropic.blocks import NAME, read_block, read_citation, unmarked
from dialects.anthropic.usage import merged, read_searches, read_usage, tier_of
from dialects.carrying import unpack
from dialects.conversation import Extra, Native
from dialects.errors import Malformed, VendorError
from dialects.json_objects import encode, object_of
from dialects.openai.common import read_halves, read_vendor_error
from dialects.watching import MALFORMED

_KINDS: Mapping[str, str] = {
    "text_delta": "text",
    "citations_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "thinking",
    "input_json_delta": "tool_use",
}


class _Text(msgspec.Struct, frozen=True, gc=False, tag="text_delta"):
    text: str


class _Arguments(msgspec.Struct, frozen=True, gc=False, tag="input_json_delta"):
    text: str = msgspec.field(name="partial_json")


class _Thought(msgspec.Struct, frozen=True, gc=False, tag="thinking_delta"):
    text: str = msgspec.field(name="thinking")


class _Signature(msgspec.Struct, frozen=True, gc=False, tag="signature_delta"):
    text: str = msgspec.field(name="signature")


class _Piece(msgspec.Struct, frozen=True, gc=False, tag="content_block_delta"):
    """The event that makes up nearly all of a stream; others are read as plain JSON."""

    index: int
    delta: _Text | _Arguments | _Thought | _Signature


_DECODE_PIECE = msgspec.json.Decoder(_Piece).decode
_DECODE = msgspec.json.Decoder().decode
_JOINED = frozenset(["text", "thinking", "partial_json"])
_BEFORE = b"event: content_block_delta\ndata: "
_AFTER = len(_BEFORE)


class _Open:
    """An open block; `number` is its part's, or -1 before its first content."""

    __slots__ = ("block", "cited", "kind", "number", "written")

    def __init__(self, kind: str, block: Extra) -> None:
        self.kind = kind
        self.block = block
        self.number = -1
        # Citations apply to the block's whole text and may come before it: they are emitted after it.
        self.cited: list[Extra] = []
        self.written = ""  # a tool's input; for `tool_use`, which is passed on at once, only its first piece


class MessagesReader:
    """An EventReader: `message_start`, blocks one after another, `message_delta`, `message_stop`."""

    __slots__ = ("_broken", "_called", "_finished", "_open", "_parts", "_usage", "done", "works")

    def __init__(self) -> None:
        self.done = False
        self.works = False  # a block has begun that only this format can express
        self._broken = False
        self._called = False  # a tool was called
        self._finished = False
        self._usage: Extra | None = None
        self._open: dict[int, _Open] = {}
        self._parts = 0

    def read(self, event: bytes) -> Sequence[Delta]:
        if event.startswith(_BEFORE):
            try:
                found = _DECODE_PIECE(event[_AFTER:])
            except (ValueError, RecursionError):
                return self._read_any(event)
            block, delta = self._open.get(found.index), found.delta
            if block is not None:
                if type(delta) is _Text and block.kind == "text" and delta.text:
                    number = block.number
                    return (TextDelta(delta.text, number if number >= 0 else self._number(block)),)
                kind = _TAGS[type(delta)]
                if _KINDS[kind] == block.kind:
                    return self._piece(block, kind, delta.text)
        return self._read_any(event)

    def end(self) -> Sequence[Delta]:
        return ()

    def _piece(self, block: _Open, kind: str, text: str) -> Sequence[Delta]:
        """The deltas of a piece whose type matches its block."""
        if kind == "signature_delta":
            return self._signed(block, text)
        if not text:
            return ()
        if kind == "input_json_delta":
            block.written = block.written or text
            return (ToolDelta(text, block.number),)
        number = self._number(block)
        return (TextDelta(text, number) if kind == "text_delta" else ThinkingDelta(text, part=number),)

    def _signed(self, block: _Open, found: str) -> Sequence[Delta]:
        origin, signature = unmarked(found)
        if not origin and signature is None:
            return ()
        return (ThinkingDelta("", signature, origin, part=self._number(block)),)

    def _number(self, block: _Open) -> int:
        if block.number < 0:
            block.number = self._parts
            self._parts += 1
        return block.number

    def _read_any(self, event: bytes) -> Sequence[Delta]:
        if self.done or self._broken:
            return ()
        data = sse.data_of(event)
        if data is None or not data.strip():
            return ()
        try:
            found = _DECODE(data)
        except (ValueError, RecursionError):
            found = read_halves(data, _JOINED)
        if not isinstance(found, dict):
            return self._fails("an event that is not a JSON object")
        kind = found.get("type") or sse.name_of(event).decode("latin-1")
        reader = _EVENTS.get(kind) if isinstance(kind, str) else None
        if reader is None and found.get("error"):
            return self._error(found)
        try:
            return reader(self, found) if reader is not None else ()
        except Malformed as wrong:
            return self._fails(wrong.message)

    def _fails(self, what: str) -> Sequence[Delta]:
        self._break()
        return (Failed(VendorError(what, code=MALFORMED)),)

    def _start(self, found: Extra) -> Sequence[Delta]:
        message = found.get("message")
        if not isinstance(message, dict):
            raise Malformed("a message_start without a message")
        self._usage = merged(self._usage, message.get("usage"))
        return (Started(_str(message.get("id")), _str(message.get("model")), usage=read_usage(self._usage)),)

    def _block_start(self, found: Extra) -> Sequence[Delta]:
        index, block = found.get("index"), found.get("content_block")
        if not isinstance(index, int) or not isinstance(block, dict) or index in self._open:
            raise Malformed("a content_block_start that begins no block")
        kind = _str(block.get("type"))
        begun = self._open[index] = _Open(kind, block)
        match kind:
            case "tool_use":
                self._called = True
                id, signature = unpack(_str(block.get("id")))
                number = self._number(begun)
                said: list[Delta] = [ToolStarted(id, _str(block.get("name")), number, signature=signature)]
                if block.get("input"):
                    begun.written = encode(block["input"]).decode()
                    said.append(ToolDelta(begun.written, number))
                return said
            case "text":
                return self._whole_text(begun)
            case "thinking":
                return self._whole_thought(begun)
            case "redacted_thinking":
                return (PartDelta(read_block(block, "content_block"), self._number(begun)),)
        self.works = True
        self._number(begun)
        return ()

    def _whole_text(self, begun: _Open) -> Sequence[Delta]:
        text, found = _str(begun.block.get("text")), begun.block.get("citations")
        begun.cited = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
        return [TextDelta(text, self._number(begun))] if text else ()

    def _whole_thought(self, begun: _Open) -> Sequence[Delta]:
        text = _str(begun.block.get("thinking"))
        said = [ThinkingDelta(text, part=self._number(begun))] if text else []
        return [*said, *self._signed(begun, _str(begun.block.get("signature")))]

    def _block_delta(self, found: Extra) -> Sequence[Delta]:
        index, delta = found.get("index"), found.get("delta")
        block = self._open.get(index) if isinstance(index, int) else None
        if block is None or not isinstance(delta, dict):
            raise Malformed("a content_block_delta of no block")
        kind = _str(delta.get("type"))
        if block.kind in _PLAIN:
            if kind not in _KINDS:
                return ()
            if _KINDS[kind] != block.kind:
                raise Malformed(f"a {kind} in a block of the kind {block.kind}")
            if kind == "citations_delta":
                if isinstance(delta.get("citation"), dict):
                    block.cited.append(delta["citation"])
                return ()
            return self._piece(block, kind, _str(delta.get(_MEMBERS[kind])))
        if kind == "input_json_delta":
            block.written += _str(delta.get("partial_json"))
        else:
            _grow(block.block, delta)
        return ()

    def _block_stop(self, found: Extra) -> Sequence[Delta]:
        index = found.get("index")
        block = self._open.pop(index, None) if isinstance(index, int) else None
        if block is not None and block.kind == "tool_use" and not block.written:
            return (ToolDelta("{}", block.number),)  # a call without arguments streams no input
        if block is not None and block.cited:
            return [CitationDelta(read_citation(each), self._number(block)) for each in block.cited]
        if block is None or block.kind in _PLAIN or block.kind == "redacted_thinking":
            return ()
        if block.written:
            block.block["input"] = object_of(block.written)
        return (PartDelta(Native(NAME, block.block), block.number),)

    def _message_delta(self, found: Extra) -> Sequence[Delta]:
        said: list[Delta] = []
        if isinstance(found.get("usage"), dict):
            self._usage = merged(self._usage, found["usage"])
            usage = read_usage(self._usage)
            if usage is not None:
                searches = read_searches(self._usage)
                said.append(Counted(usage, tier=tier_of(self._usage), searches=searches))
        delta = found.get("delta")
        if isinstance(delta, dict) and delta.get("stop_reason") and not self._finished:
            self._finished = True
            said.append(Finished(read_finish(_str(delta["stop_reason"]), delta.get("stop_sequence"))))
        return said

    def _stop(self, found: Extra) -> Sequence[Delta]:
        self.done = True
        self._open.clear()
        if self._finished:
            return ()
        # Some compatible servers give no stop reason; message_stop still says that the message is complete.
        self._finished = True
        return (Finished(Finish("tool_calls" if self._called else "stop", sure=False)),)

    def _break(self) -> None:
        self._broken = True
        self._open.clear()  # nothing after it is part of a block

    def _error(self, found: Extra) -> Sequence[Delta]:
        self._break()
        return (Failed(read_vendor_error(found)),)


def _str(found: Any) -> str:
    return found if isinstance(found, str) else ""


def _grow(block: Extra, delta: Extra) -> None:
    """Apply a delta of unknown type to its block: strings are appended to, other values replaced."""
    for name, value in delta.items():
        if name != "type":
            before = block.get(name)
            grows = isinstance(before, str) and isinstance(value, str)
            block[name] = before + value if grows else value


_MEMBERS: Mapping[str, str] = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "signature",
    "input_json_delta": "partial_json",
}
_TAGS: Mapping[type, str] = {
    _Text: "text_delta",
    _Thought: "thinking_delta",
    _Signature: "signature_delta",
    _Arguments: "input_json_delta",
}
_PLAIN = frozenset(["text", "thinking", "tool_use"])
_EVENTS: Mapping[str, Callable[[MessagesReader, Extra], Sequence[Delta]]] = {
    "message_start": MessagesReader._start,
    "content_block_start": MessagesReader._block_start,
    "content_block_delta": MessagesReader._block_delta,
    "content_block_stop": MessagesReader._block_stop,
    "message_delta": MessagesReader._message_delta,
    "message_stop": MessagesReader._stop,
    "error": MessagesReader._error,
}
