"""Writes streamed answers of Bedrock's Converse, event by event.

One block is open at a time. While it is a tool call, deltas of other parts are held back until the answer
ends, because tool calls may be interleaved and a closed block cannot be opened again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from dialects.answer import (
    CitationDelta,
    Counted,
    Delta,
    Finished,
    PartDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
    shown_tier,
)
from dialects.bedrock.answer import METRICS, MORE, write_finish
from dialects.bedrock.eventstream import pack
from dialects.bedrock.reading import NAME
from dialects.bedrock.stream import event_headers
from dialects.bedrock.usage import write_usage
from dialects.bedrock.writing import BlockWriter, tool_id, write_citation, write_signature
from dialects.carrying import pack as carrying
from dialects.conversation import Extra, Native
from dialects.usage import Usage

_ENCODE = msgspec.json.Encoder().encode
_MESSAGE_START = pack(event_headers("messageStart"), b'{"role":"assistant"}')
_BLOCK_START = event_headers("contentBlockStart")
_BLOCK_DELTA = event_headers("contentBlockDelta")
_BLOCK_STOP = event_headers("contentBlockStop")
_MESSAGE_STOP = event_headers("messageStop")
_METADATA = event_headers("metadata")
_TEXT, _THINKING, _TOOL = "text", "thinking", "tool"
_KINDS = {
    TextDelta: _TEXT,
    RefusalDelta: _TEXT,
    CitationDelta: _TEXT,
    ThinkingDelta: _THINKING,
    ToolStarted: _TOOL,
    ToolDelta: _TOOL,
}
_Content = TextDelta | RefusalDelta | CitationDelta | ThinkingDelta | ToolStarted | ToolDelta | PartDelta


class ConverseWriter:
    """The StreamWriter of `/converse-stream`; only the first choice is written."""

    __slots__ = ("_held", "_index", "_kind", "_origins", "_part", "_prefix", "_started", "_tier", "_usage")

    def __init__(self) -> None:
        self._started = False
        self._index = -1  # of the last block, open or not
        self._part = -1  # the part of the open block; -1: none is open
        self._kind = ""
        self._prefix = b""  # the payload before the text in the open block's deltas
        self._held: dict[int, list[_Content]] = {}
        self._origins: dict[int, str] = {}  # of a part's thinking; ~part: set once its signature has begun
        self._usage: Usage | None = None
        self._tier: Any = None

    def write(self, deltas: Sequence[Delta]) -> bytes:
        out: list[bytes] = []
        for delta in deltas:
            if type(delta) is TextDelta and delta.part == self._part and self._kind is _TEXT:
                if delta.text and not delta.choice:
                    out.append(pack(_BLOCK_DELTA, b"%b%b}}" % (self._prefix, _ENCODE(delta.text))))
            else:
                self._take(delta, out)
        return out[0] if len(out) == 1 else b"".join(out)

    def end(self) -> bytes:
        """The stream's last event, which reports usage."""
        said: Extra = {"usage": write_usage(self._usage or Usage()), "metrics": METRICS}
        if self._tier is not None:
            said["serviceTier"] = {"type": shown_tier(self._tier)}
        return pack(_METADATA, _ENCODE(said))

    def _take(self, delta: Delta, out: list[bytes]) -> None:
        if not self._started:
            self._started = True
            out.append(_MESSAGE_START)
        if isinstance(delta, Started):
            self._usage = delta.usage or self._usage
        elif isinstance(delta, Counted):
            self._usage, self._tier = delta.usage, delta.tier
        elif isinstance(delta, Finished):
            if not delta.choice:
                self._finish(delta, out)
        elif isinstance(delta, _Content) and not delta.choice:
            if self._kind is _TOOL and self._part not in (-1, delta.part):
                self._held.setdefault(delta.part, []).append(delta)
            else:
                self._say(delta, out)

    def _finish(self, delta: Finished, out: list[bytes]) -> None:
        self._close(out)
        for held in self._held.values():
            for each in held:
                self._say(each, out)
            self._close(out)
        self._held.clear()
        said: Extra = {"stopReason": write_finish(delta.finish)}
        if delta.finish.sequence is not None:
            said[MORE] = {"stop_sequence": delta.finish.sequence}
        out.append(pack(_MESSAGE_STOP, _ENCODE(said)))

    def _say(self, delta: _Content, out: list[bytes]) -> None:
        if isinstance(delta, PartDelta):
            self._close(out)
            self._whole(delta, out)
            return
        if _is_empty(delta):
            return  # it would open a block without content
        kind = _KINDS[type(delta)]
        if delta.part == self._part and kind == self._kind:
            if isinstance(delta, ToolStarted):
                return  # it has already begun
        else:
            if isinstance(delta, ToolDelta):
                return  # of a call that never began
            self._close(out)
            self._open(delta.part, kind)
        for said in self._content(delta):
            out.append(pack(_BLOCK_START if isinstance(delta, ToolStarted) else _BLOCK_DELTA, said))

    def _content(self, delta: _Content) -> Iterable[bytes]:
        """The payloads of a delta's events."""
        match delta:
            case TextDelta() | RefusalDelta():
                yield b"%b%b}}" % (self._prefix, _ENCODE(delta.text))
            case ToolDelta() if delta.arguments:
                yield b"%b%b}}}" % (self._prefix, _ENCODE(delta.arguments))
            case CitationDelta():
                yield self._event("delta", {"citation": write_citation(delta.citation)})
            case ThinkingDelta():
                yield from self._thought(delta)
            case ToolStarted():
                id = tool_id(delta.id) if delta.signature is None else carrying(delta.id, delta.signature)
                yield self._event("start", {"toolUse": {"toolUseId": id, "name": delta.name}})

    def _thought(self, delta: ThinkingDelta) -> Iterable[bytes]:
        if delta.text:
            yield b"%b%b}}}" % (self._prefix, _ENCODE(delta.text))
        origin = delta.origin or self._origins.get(delta.part, "")
        if delta.signature:
            # The origin is written only once, before the first piece of a signature.
            signed = self._origins.get(~delta.part)
            signature = delta.signature if signed else write_signature(origin, delta.signature)
            self._origins[~delta.part] = "signed"
            yield self._event("delta", {"reasoningContent": {"signature": signature}})
        self._origins[delta.part] = origin

    def _whole(self, delta: PartDelta, out: list[bytes]) -> None:
        """Write a part that comes in one piece; leaves out parts that streams of this format cannot hold."""
        blocks = BlockWriter(own=isinstance(delta.value, Native) and delta.value.dialect == NAME, cites=False)
        for block in blocks.blocks([delta.value]):
            start, said = _in_stream(block)
            if start is None and said is None:
                continue
            self._open(delta.part, "")
            if start is not None:
                out.append(pack(_BLOCK_START, self._event("start", start)))
            out.append(pack(_BLOCK_DELTA, self._event("delta", said or {})))
            self._close(out)

    def _event(self, name: str, said: Extra) -> bytes:
        return b'{"contentBlockIndex":%d,"%b":%b}' % (self._index, name.encode(), _ENCODE(said))

    def _open(self, part: int, kind: str) -> None:
        self._index += 1
        self._part, self._kind = part, kind
        inner = {_THINKING: b'"reasoningContent":{"text":', _TOOL: b'"toolUse":{"input":'}.get(
            kind, b'"text":'
        )
        self._prefix = b'{"contentBlockIndex":%d,"delta":{%b' % (self._index, inner)

    def _close(self, out: list[bytes]) -> None:
        if self._part >= 0:
            out.append(pack(_BLOCK_STOP, b'{"contentBlockIndex":%d}' % self._index))
            self._part, self._kind = -1, ""


def _is_empty(delta: _Content) -> bool:
    match delta:
        case TextDelta() | RefusalDelta():
            return not delta.text
        case ThinkingDelta():
            return not delta.text and not delta.signature
    return False


def _in_stream(block: Extra) -> tuple[Extra | None, Extra | None]:
    """The start and the delta of a whole block, each None if it has none."""
    name, said = next(iter(block.items()))
    if name == "reasoningContent" and "redactedContent" in said:
        return None, block
    if name == "image":
        return {"image": {"format": said["format"]}}, {"image": {"source": said["source"]}}
    if name == "toolUse":
        start = {key: value for key, value in said.items() if key != "input"}
        return {"toolUse": start}, {"toolUse": {"input": _ENCODE(said.get("input", {})).decode()}}
    if name == "toolResult":
        start = {key: value for key, value in said.items() if key != "content"}
        return {"toolResult": start}, {"toolResult": said.get("content") or []}
    return None, None
