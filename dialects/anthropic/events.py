"""Writes streamed answers of Anthropic's Messages, event by event.

https://docs.anthropic.com/en/docs/build-with-claude/streaming: one block is open at a time, and has an index.
"""

from collections.abc import Sequence

from dialects.answer import (
    CitationDelta,
    Counted,
    Delta,
    Finish,
    Finished,
    PartDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.anthropic.answer import envelope, write_block, write_finish
from dialects.anthropic.parts import call_id, marked, shown
from dialects.anthropic.usage import write_usage
from dialects.conversation import Extra
from dialects.dialect import Reply
from dialects.json_objects import encode, is_object
from dialects.usage import Usage

_END = b"}}\n\n"
_NONE = -1


def event(name: str, members: Extra) -> bytes:
    """A server-sent event; clients ignore events without a name."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), encode({"type": name, **members}))


class MessagesWriter:
    """A StreamWriter. Interleaved tool calls are written one after another."""

    __slots__ = (
        "_arguments",
        "_begun",
        "_finish",
        "_index",
        "_kind",
        "_origin",
        "_part",
        "_prefix",
        "_reply",
        "_shut",
        "_signature",
        "_usage",
        "_waiting",
    )

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._begun = False
        self._finish = Finish("stop")
        self._usage: Usage | None = None
        self._index = -1  # of the block opened last
        self._part = _NONE  # the part whose block is open
        self._shut: set[int] = set()  # text parts whose block is closed
        self._kind = ""  # of the open block
        self._prefix = b""  # the beginning of an event that continues the open block
        self._arguments: list[str] = []  # of the open tool call
        self._signature: str | None = None  # of the open thinking block
        self._origin = ""
        # Deltas of later parts: an open call must be complete before another block begins.
        self._waiting: dict[int, list[Delta]] = {}

    def write(self, deltas: Sequence[Delta]) -> bytes:
        out: list[bytes] = []
        for delta in deltas:
            if type(delta) is TextDelta and delta.part == self._part and self._kind == "text":
                if delta.text and not delta.choice:
                    out.append(self._prefix + encode(delta.text) + _END)
            else:
                self._write(delta, out)
        return b"".join(out)

    def end(self) -> bytes:
        out: list[bytes] = []
        self._begin(Started(), out)
        self._drain(out, wholly=True)
        self._close(out)
        usage = write_usage(self._usage)
        out.append(event("message_delta", {"delta": write_finish(self._finish), "usage": usage}))
        out.append(event("message_stop", {}))
        return b"".join(out)

    def _write(self, delta: Delta, out: list[bytes]) -> None:
        match delta:
            case Started():
                self._begin(delta, out)
            case Counted():
                self._usage = delta.usage
            case Finished():
                if delta.choice == 0:
                    self._finish = delta.finish
            case TextDelta() | RefusalDelta() | ThinkingDelta() | CitationDelta():
                self._say(delta, delta.part, delta.choice, out)
            case ToolStarted() | ToolDelta() | PartDelta():
                self._say(delta, delta.part, delta.choice, out)

    def _begin(self, started: Started, out: list[bytes]) -> None:
        if self._begun:
            return
        self._begun = True
        self._usage = started.usage
        message = envelope(started.id, started.model, self._reply)
        message |= {"content": [], "stop_reason": None, "stop_sequence": None}
        message["usage"] = write_usage(started.usage)
        out.append(event("message_start", {"message": message}))

    def _say(self, delta: Delta, part: int, choice: int, out: list[bytes]) -> None:
        if choice:
            return  # the format has only one choice
        self._begin(Started(), out)
        if part != self._part:
            self._waiting.setdefault(part, []).append(delta)
            self._drain(out)
        else:
            self._piece(delta, part, out)
            if self._waiting and isinstance(delta, ToolDelta) and delta.arguments.rstrip().endswith("}"):
                self._drain(out)

    def _drain(self, out: list[bytes], *, wholly: bool = False) -> None:
        """Write waiting deltas, part by part, as long as the open block can be closed (`wholly`: all)."""
        while self._waiting and (wholly or self._kind != "tool_use" or is_object("".join(self._arguments))):
            part = next(iter(self._waiting))
            for delta in self._waiting.pop(part):
                self._piece(delta, part, out)

    def _piece(self, delta: Delta, part: int, out: list[bytes]) -> None:
        match delta:
            case TextDelta() | RefusalDelta():
                if delta.text:
                    self._open("text", part, out)
                    out.append(self._prefix + encode(delta.text) + _END)
            case ThinkingDelta():
                self._think(delta, part, out)
            case CitationDelta():
                citation = shown(delta.citation)
                # Once its text's block is closed it would need a block without text, which vendors reject.
                if citation is not None and (part == self._part or part not in self._shut):
                    self._open("text", part, out)
                    self._more({"type": "citations_delta", "citation": citation}, out)
            case ToolStarted():
                self._close(out)
                block: Extra = {"type": "tool_use", "id": call_id(delta.id, delta.signature)}
                self._start({**block, "name": delta.name, "input": {}}, part, out)
            case ToolDelta():
                self._argue(delta.arguments, part, out)
            case PartDelta():
                self._whole(delta, part, out)

    def _think(self, delta: ThinkingDelta, part: int, out: list[bytes]) -> None:
        self._open("thinking", part, out)
        self._origin = delta.origin or self._origin
        if delta.signature is not None:
            self._signature = (self._signature or "") + delta.signature
        if delta.text:
            out.append(self._prefix + encode(delta.text) + _END)

    def _argue(self, arguments: str, part: int, out: list[bytes]) -> None:
        if arguments and (self._kind, self._part) == ("tool_use", part):
            self._arguments.append(arguments)
            out.append(self._prefix + encode(arguments) + _END)

    def _open(self, kind: str, part: int, out: list[bytes]) -> None:
        if (self._kind, self._part) != (kind, part):
            self._close(out)
            block: Extra = {"type": "text", "text": ""}
            if kind == "thinking":
                block = {"type": "thinking", "thinking": "", "signature": ""}
            self._start(block, part, out)

    def _start(self, block: Extra, part: int, out: list[bytes]) -> None:
        self._index += 1
        self._kind, self._part = block["type"], part
        self._prefix = _prefix(self._index, self._kind)
        self._arguments, self._signature, self._origin = [], None, ""
        out.append(event("content_block_start", {"index": self._index, "content_block": block}))

    def _more(self, delta: Extra, out: list[bytes]) -> None:
        out.append(event("content_block_delta", {"index": self._index, "delta": delta}))

    def _close(self, out: list[bytes]) -> None:
        if self._part == _NONE:
            return
        if self._kind == "thinking":
            signature = marked(self._signature, self._origin)
            if signature:
                # In one piece at the end, as clients replace the signature rather than append to it.
                self._more({"type": "signature_delta", "signature": signature}, out)
        if self._kind == "text":
            self._shut.add(self._part)
        self._part, self._kind = _NONE, ""
        out.append(event("content_block_stop", {"index": self._index}))

    def _whole(self, delta: PartDelta, part: int, out: list[bytes]) -> None:
        block = write_block(delta.value)
        if block is None:
            return
        self._close(out)
        given = block.get("input")
        if isinstance(given, dict):
            self._start({**block, "input": {}}, part, out)
            self._more({"type": "input_json_delta", "partial_json": encode(given).decode()}, out)
        else:
            self._start(block, part, out)
        self._close(out)


_PIECES = {"text": ("text_delta", "text"), "thinking": ("thinking_delta", "thinking")}


def _prefix(index: int, kind: str) -> bytes:
    """The beginning of an event that continues a block, up to the piece of content."""
    delta, member = _PIECES.get(kind, ("input_json_delta", "partial_json"))
    return (
        "event: content_block_delta\n"
        f'data: {{"type":"content_block_delta","index":{index},"delta":{{"type":"{delta}","{member}":'
    ).encode()
