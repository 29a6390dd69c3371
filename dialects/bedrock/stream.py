"""Reads streamed answers of Bedrock's Converse, event by event.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from dialects.answer import (
    CitationDelta,
    Counted,
    Delta,
    Failed,
    Finished,
    PartDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.bedrock.answer import read_finish, sound, tier_of
from dialects.bedrock.errors import read_error_event
from dialects.bedrock.eventstream import read_headers, sections, write_headers
from dialects.bedrock.media import media_type_of
from dialects.bedrock.reading import NAME, read_citation, read_signature
from dialects.bedrock.usage import read_usage
from dialects.carrying import unpack
from dialects.conversation import Extra, Image, Inline, Native, RedactedThinking
from dialects.errors import Malformed, VendorError
from dialects.halves import joined
from dialects.openai.common import read_halves, read_loosely
from dialects.watching import MALFORMED

T = TypeVar("T")


class _Input(msgspec.Struct, frozen=True, gc=False):
    input: str = ""


class _Thought(msgspec.Struct, frozen=True, gc=False):
    text: str | None = None
    signature: str | None = None
    redactedContent: str | None = None


class _Said(msgspec.Struct, frozen=True):
    text: str | None = None
    toolUse: _Input | None = None
    reasoningContent: _Thought | None = None
    citation: dict[str, Any] | None = None
    toolResult: list[Any] | None = None
    image: dict[str, Any] | None = None


class _BlockDelta(msgspec.Struct, frozen=True):
    delta: _Said
    contentBlockIndex: int = 0


class _Use(msgspec.Struct, frozen=True):
    toolUseId: str
    name: str
    type: str | None = None


class _Starts(msgspec.Struct, frozen=True):
    toolUse: _Use | None = None
    toolResult: dict[str, Any] | None = None
    image: dict[str, Any] | None = None


class _BlockStart(msgspec.Struct, frozen=True):
    start: _Starts
    contentBlockIndex: int = 0


class _BlockStop(msgspec.Struct, frozen=True):
    contentBlockIndex: int = 0


class _Stop(msgspec.Struct, frozen=True):
    stopReason: str | None = None
    additionalModelResponseFields: Any = None


class _Metadata(msgspec.Struct, frozen=True):
    usage: Any = None
    serviceTier: Any = None


_JOINED = frozenset(["text", "input"])
_DELTA = msgspec.json.Decoder(_BlockDelta)
_START = msgspec.json.Decoder(_BlockStart)
_BLOCK_STOP = msgspec.json.Decoder(_BlockStop)
_STOP = msgspec.json.Decoder(_Stop)
_METADATA = msgspec.json.Decoder(_Metadata)


def event_headers(event: str) -> bytes:
    """The headers of an event, in Bedrock's order."""
    return write_headers(
        {":event-type": event, ":content-type": "application/json", ":message-type": "event"}
    )


# All frames of an event type have identical header bytes, which need not be parsed.
_EVENTS = {
    event_headers(event): event
    for event in (
        "messageStart",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
    )
}


def decode(decoder: msgspec.json.Decoder[T], payload: bytes) -> T:
    """Decode an event's payload. Raises Malformed. Streamed texts may be cut inside a surrogate pair."""
    try:
        return decoder.decode(payload)
    except (ValueError, RecursionError):
        loose = read_halves(payload, _JOINED)
    try:
        return msgspec.convert(loose, decoder.type)
    except (ValueError, RecursionError) as broken:
        raise Malformed(f"an event of an unknown shape: {broken}") from None


class ConverseReader:
    """The EventReader of `/converse-stream`."""

    __slots__ = (
        "_argued",
        "_finished",
        "_held",
        "_index",
        "_kind",
        "_part",
        "_parts",
        "_stopped",
        "_tools",
        "done",
    )

    def __init__(self) -> None:
        self.done = False
        self._finished = False
        self._stopped = False  # after an error: nothing that follows can be trusted
        self._index = self._part = -1  # of the last delta's block
        self._kind = ""
        self._parts: dict[tuple[int, str], int] = {}
        self._tools: dict[int, int] = {}
        self._argued: set[int] = set()  # indexes of tool calls that have arguments
        self._held: dict[int, tuple[str, Extra, list[Any]]] = {}  # Bedrock's own blocks, until complete

    def read(self, event: bytes) -> Sequence[Delta]:
        if self._stopped:
            return ()
        try:
            block, payload = sections(event)
            kind = _EVENTS.get(block)
            if kind == "contentBlockDelta":
                return self._delta(payload)
            return self._rare(kind, block, payload)
        except (Malformed, RecursionError) as broken:
            self._stopped = True
            said = broken.message if isinstance(broken, Malformed) else "an event nested too deeply"
            return (Failed(VendorError(said, code=MALFORMED)),)

    def end(self) -> Sequence[Delta]:
        return ()

    def _rare(self, kind: str | None, block: bytes, payload: bytes) -> Sequence[Delta]:
        if kind is None:
            headers = read_headers(block)
            if headers.get(":message-type") in ("exception", "error"):
                self._stopped = True
                return (Failed(read_error_event(headers, payload)),)
            kind = str(headers.get(":event-type"))
        match kind:
            case "messageStart":
                return (Started(),)
            case "contentBlockStart":
                return self._start(payload)
            case "contentBlockDelta":
                return self._delta(payload)
            case "contentBlockStop":
                return self._block_stop(decode(_BLOCK_STOP, payload).contentBlockIndex)
            case "messageStop":
                return self._message_stop(payload)
            case "metadata":
                told = decode(_METADATA, payload)
                usage, tier = read_usage(told.usage), tier_of(told.serviceTier)
                self.done = self._finished  # otherwise it came early, and the end is still to come
                return () if usage is None else (Counted(usage, tier=tier),)
        return ()

    def _delta(self, payload: bytes) -> Sequence[Delta]:
        try:
            said = _DELTA.decode(payload)
        except (ValueError, RecursionError):
            said = decode(_DELTA, payload)
        delta, index = said.delta, said.contentBlockIndex
        if self._finished:
            raise Malformed("content after the answer's end")
        text = delta.text
        if text is not None:
            if index == self._index and self._kind == "text":
                return (TextDelta(text, self._part),) if text else ()
            return (TextDelta(text, self._number(index, "text")),) if text else ()
        if delta.toolUse is not None:
            return self._input(index, delta.toolUse.input)
        if delta.reasoningContent is not None:
            return self._thought(index, delta.reasoningContent)
        if delta.citation is not None:
            return (CitationDelta(read_citation(sound(delta.citation)), self._number(index, "text")),)
        return self._native(index, delta)

    def _number(self, index: int, kind: str) -> int:
        """The number of a block's part; a block with two kinds of content is two parts."""
        if index != self._index or kind != self._kind:
            self._index, self._kind = index, kind
            self._part = self._parts.setdefault((index, kind), len(self._parts))
        return self._part

    def _next(self) -> int:
        """The number of a new part that comes in one piece."""
        number = len(self._parts)
        self._parts[-1 - number, ""] = number
        return number

    def _input(self, index: int, piece: str) -> Sequence[Delta]:
        part = self._tools.get(index)
        if part is not None:
            if not piece:
                return ()
            self._argued.add(index)
            return (ToolDelta(piece, part),)
        if index not in self._held:
            raise Malformed(f"arguments of a tool call that never began, in block {index}")
        self._held[index][2].append(piece)
        return ()

    def _thought(self, index: int, said: _Thought) -> Sequence[Delta]:
        if said.redactedContent:
            return (PartDelta(RedactedThinking(said.redactedContent, "anthropic"), self._next()),)
        if said.signature:
            origin, signature = read_signature(said.signature)
            return (ThinkingDelta("", signature, origin, None, self._number(index, "thinking")),)
        if said.text:
            return (ThinkingDelta(said.text, part=self._number(index, "thinking")),)
        return ()

    def _native(self, index: int, delta: _Said) -> Sequence[Delta]:
        kind, start, pieces = self._held.get(index, ("", {}, []))
        if kind == "toolResult" and delta.toolResult is not None:
            pieces.extend(sound(delta.toolResult))
        elif kind == "image" and delta.image is not None:
            source = delta.image.get("source")
            data = source.get("bytes") if isinstance(source, dict) else None
            if isinstance(data, str):
                media_type = media_type_of("image", str(start.get("format") or "png"))
                return (PartDelta(Image(Inline(media_type, data)), self._next()),)
        return ()

    def _start(self, payload: bytes) -> Sequence[Delta]:
        begun = decode(_START, payload)
        start, index = begun.start, begun.contentBlockIndex
        if index in self._tools or index in self._held or self._finished:
            raise Malformed(f"block {index} began twice, or after the end")
        use = start.toolUse
        if use is not None and use.type is None:
            id, signature = unpack(use.toolUseId)
            part = self._tools[index] = self._number(index, "tool")
            return (ToolStarted(id, use.name, part, 0, signature),)
        if use is not None:
            self._held[index] = ("toolUse", msgspec.structs.asdict(use), [])
        elif start.toolResult is not None:
            self._held[index] = ("toolResult", start.toolResult, [])
        elif start.image is not None:
            self._held[index] = ("image", start.image, [])
        return ()

    def _block_stop(self, index: int) -> Sequence[Delta]:
        if index in self._tools and index not in self._argued:
            return (ToolDelta("{}", self._tools[index]),)  # a call without arguments streams no input
        kind, start, pieces = self._held.pop(index, ("", {}, []))
        if kind == "toolUse":
            start = start | {"input": read_loosely(joined("".join(pieces)).encode()) or {}}
        elif kind == "toolResult":
            start = start | {"content": pieces}
        else:
            return ()
        return (PartDelta(Native(NAME, {kind: start}), self._next()),)

    def _message_stop(self, payload: bytes) -> Sequence[Delta]:
        if self._finished:
            return ()
        said = decode(_STOP, payload)
        self._finished = True
        return (Finished(read_finish(said.stopReason, said.additionalModelResponseFields)),)
